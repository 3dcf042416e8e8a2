-- table t: id int, a int
with moved as (delete from t where a > 1 returning id, a as old) select id, old from moved
