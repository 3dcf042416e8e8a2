-- table t: a int
select a, a + 1, count(*) from t group by a
