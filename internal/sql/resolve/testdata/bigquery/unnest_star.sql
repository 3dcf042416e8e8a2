-- table t: id int64, items ARRAY<STRUCT<sku STRING, qty INT64>>
select id, item.* from t, t.items as item
