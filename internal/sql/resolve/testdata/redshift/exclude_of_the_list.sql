-- table t: a int, b int, c int
-- table u: b int, d int
select t.*, u.d, u.b as e exclude (b, d) from t join u on t.b = u.b
