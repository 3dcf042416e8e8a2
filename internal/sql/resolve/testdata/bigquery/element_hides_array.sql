-- table t: id int64, items string
select id, json_value(items, '$.k') as k from t cross join unnest(json_query_array(t.items)) as items
