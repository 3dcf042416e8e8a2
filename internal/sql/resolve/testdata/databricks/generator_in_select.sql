-- table t: id int, l array<int>
select id, posexplode(l) as (p, x) from t
