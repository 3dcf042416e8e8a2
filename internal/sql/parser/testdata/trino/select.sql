select t.a, cast(row(1, 'x') as row(a integer, b varchar)).a, array[1, 2][1], map(array['a'], array[1]), transform(xs, x -> x + 1), reduce(xs, 0, (s, x) -> s + x, s -> s),
       try(a / b), date_diff('day', a, b), approx_percentile(x, 0.5), json_extract_scalar(j, '$.a'), x at time zone 'utc', interval '1' day, count_if(a), format('%s', x),
       array_agg(x order by y) filter (where z), current_date, U&'x', if(a, b), listagg(x, ',') within group (order by x), timestamp '2020-01-01', decimal '1.0', element_at(m, 'k').f
from catalog.schema."tbl$partitions" t
cross join unnest(t.arr, t.brr) with ordinality as u (a, b, n)
cross join lateral (values 1, 2) as v (x)
left join table(sequence(start => 1, stop => 10)) s on true
tablesample bernoulli (10)
where a is not distinct from b
group by grouping sets ((a), (b)), cube (c)
limit all;
with t (a, b) as (values (1, 2)) table t;
select * from t for version as of 1 match_recognize (partition by a order by b measures a.x as y one row per match pattern (a+) define a as x > 1) as m (p);
select x union all corresponding select x;
create table c with (format = 'PARQUET', partitioned_by = array['a']) as select 1 as a with data;
select * from table(my_func(input => table(orders) partition by k, opts => descriptor(a, b)));
