-- table t: id int64, items ARRAY<STRUCT<sku STRING, qty INT64, tags ARRAY<STRING>>>
select t.id, item.sku, qty, tag, off from t, unnest(items) as item with offset as off, unnest(item.tags) as tag
