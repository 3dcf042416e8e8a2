-- table t: id int64, w STRUCT<asset STRUCT<id INT64, name STRING>, n INT64>
select w.asset.id, w.asset, t.w.n as n, w.asset.* from t
