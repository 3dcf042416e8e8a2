-- table t: a int
select a, young from t
