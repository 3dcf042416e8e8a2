-- table t: a int, b int
select
 ---- numbers
 a,
 --text
 b from t
