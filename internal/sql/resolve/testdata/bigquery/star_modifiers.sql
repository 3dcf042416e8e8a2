-- table t: a int64, b int64, c int64
select * except (b) replace (a + c as a) from t
