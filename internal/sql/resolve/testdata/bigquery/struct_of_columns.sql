-- table t: a int64, b int64, c int64
with s as (select struct(a as x, b + c as y) as p, c from t) select p.x, p.y as why, p as whole, p.* from s
