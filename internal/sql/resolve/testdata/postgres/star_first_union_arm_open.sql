select * from t union all select * from u
