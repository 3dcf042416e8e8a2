-- table t: a Int32, b Int32
select c + 1 as d, a + b as c from t where d > 1
