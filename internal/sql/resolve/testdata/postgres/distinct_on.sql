-- table t: a int, b int, c int
select distinct on (a) a, b from t order by a, c desc
