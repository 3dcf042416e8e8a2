-- table t: l int[], m int
select [x + m for x in l if x > 1] as c, list_transform(l, x -> x * m) as d from t
