-- table t: a int64
select a + 1, count(*), a, 2 from t group by a
