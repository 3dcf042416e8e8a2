-- table t: a int, b int
-- table u: b int, c int
select u.*, t.a from t join u on t.b = u.b
