-- table t: a int, b int
select to_jsonb(x) as row, x.a from t x
