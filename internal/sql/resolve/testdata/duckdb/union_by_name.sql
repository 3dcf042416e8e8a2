-- table t: a int, b int
-- table u: b int, c int
select a, b from t union all by name select b, c from u
