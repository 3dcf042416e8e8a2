-- table t: id int, doc text
select t.id, j.key, j.value, "doc" ->> 'a' as a, 'lit' as l from t, json_each(t.doc, '$.list') as j where [t].[id] is 1
