-- table t: a int, b int
-- table u: c int, d int
select a as k, sum(b) as s from t group by k having s > 1 minus select c, d from u
