-- table t: a int, b int
select a as k, sum(b) as s from t group by k having s > 1 order by s
