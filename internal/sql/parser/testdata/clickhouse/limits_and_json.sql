-- ClickHouse: LIMIT in front of UNION, LIMIT BY with OFFSET, and() and or(), typed and sub-object JSON paths, SETTINGS with maps
select a from x limit 1 union all select b from y limit 2 offset 1 by b;
select and(a, or(b, c)), json.a.b.:Int64, json.x.:"Array(JSON)", col.^nested.twice from t settings additional_table_filters = {'a': 'b'}, max_threads = 1;
select count(1) from table group by k;
