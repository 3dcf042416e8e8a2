-- table t: a int, tags varchar, id int
-- table u: x int, id int
select [a] as A, value, z.x, r.n from t cross apply string_split(t.tags, ',') outer apply (select top 1 x from u where u.id = t.id order by x desc) z cross join openrowset(bulk 'https://x/y.parquet', format = 'parquet') with (n int) as r
