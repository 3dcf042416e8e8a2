-- table t: a Int32, b Int32, c String
select sumIf(a, b > 1) as s, quantile(0.5)(a) as q, argMax(c, b) as am, multiIf(a > 1, b, 0) as mi, dictGet(dict.cat, 'name', b) as dn from t
