-- Athena engine 3: Trino's queries, Hive's DDL, UNLOAD, prepared parameters, time travel, quoted paths
select "a b", `c`, try(cast(x as row(a bigint, b varchar))).a, arr[1], element_at(m, 'k'), transform(arr, x -> x + 1), reduce(arr, 0, (s, x) -> s + x, s -> s), approx_percentile(v, 0.5), date '2020-01-01', interval '1' day, at_timezone(ts, 'UTC'), 1_col
from "awsdatacatalog"."db"."t" for timestamp as of timestamp '2020-01-01 00:00:00 UTC' cross join unnest(arr, m) with ordinality as u (e, k, v, n)
where "$path" like 's3://%' and d = ? offset 1 limit 10;
unload (select a from t) to 's3://bucket/x' with (format = 'PARQUET');
create table x with (format = 'PARQUET', partitioned_by = array['d']) as select a, d from t;
select a from t tablesample bernoulli (10) union all values (1), (2);
merge into t using s on t.id = s.id when matched then update set a = s.a when not matched then insert (id) values (s.id);
select json_extract_scalar(doc, '$.a'), json_value(doc, 'lax $.b'), listagg(a, ',') within group (order by a), count(*) filter (where a > 1) from t group by cube (a, b);
