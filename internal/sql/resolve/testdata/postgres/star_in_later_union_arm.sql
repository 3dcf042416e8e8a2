-- table t: a int, b int
-- table u: x int, y int
select a, b from t union all select * from u
