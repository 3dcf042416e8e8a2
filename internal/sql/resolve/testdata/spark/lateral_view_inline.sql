-- table t: id int, arr array<string>, structs array<struct<x: int, y: string>>
select id, pos, v, x, y, arr[0] as first from t lateral view outer posexplode(arr) p as pos, v lateral view inline(structs) i
