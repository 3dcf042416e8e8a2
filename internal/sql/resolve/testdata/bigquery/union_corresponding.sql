-- table t: a int64, b int64
-- table u: b int64, c int64
select a, b from t full union all by name select b, c from u
