-- table t: id int64, arr ARRAY<STRUCT<k STRING, v INT64>>
select id, array(select as struct x.k, x.v * 2 as dbl from unnest(arr) x where x.v > 1) as big, (select max(v) from unnest(arr)) as mx from t
