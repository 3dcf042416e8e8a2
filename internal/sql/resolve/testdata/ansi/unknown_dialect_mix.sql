-- table t: a int, b int
select `a`, [b], "a" as c from t limit 10
