-- table t: a int, b int
select b as a, a + 1 as c, c + 1 as d from t
