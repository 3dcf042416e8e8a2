-- table t: id int, doc nvarchar
select top 10 t.id, j.name, j.[value] as v2, x.m from t cross apply openjson(t.doc) with (name nvarchar(10) '$.n', [value] int) j outer apply (select max(u.v) as m from u where u.id = t.id) x
