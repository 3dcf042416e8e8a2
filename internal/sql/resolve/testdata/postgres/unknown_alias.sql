-- table t: a int
select a, nowhere.b from t
