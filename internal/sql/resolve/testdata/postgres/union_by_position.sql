select a, b from t union all select b, a from u union all select c, 1 from v
