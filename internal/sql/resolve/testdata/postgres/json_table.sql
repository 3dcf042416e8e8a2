-- table t: doc jsonb, id int
select t.id, jt.name, jt.nr from t, json_table(t.doc, '$[*]' columns (nr for ordinality, name text path '$.name', nested path '$.kids[*]' columns (kid text path '$'))) as jt
