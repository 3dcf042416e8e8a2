-- table t: raw string
select raw:a.b::int as x, raw:items[0].id as y from t
