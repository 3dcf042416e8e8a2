-- table t: a int
select a * 2 as b, b + 1 as c from t
