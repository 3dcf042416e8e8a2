-- Spark SQL: lateral view, higher-order functions, pivot, transform, hints, IDENTIFIER, named arguments
select /*+ broadcast(u) */ a.b.c, m['k'], arr[0], transform(arr, x -> x + 1), filter(arr, (x, i) -> i > 0), named_struct('a', 1, 'b', c), struct(a as x, b), cast(a as struct<x: int, y: array<string>>), date'2020-01-01', r'\d', "str" as s, `a b`
from t lateral view outer posexplode(arr) p as pos, v lateral view inline(structs) i left semi join u using (id)
where a <=> b and c rlike '^x' distribute by a sort by b desc;
select * from t pivot (sum(v) as s, avg(v) as a for (k, l) in ((1, 2) as x, (3, 4) as y)) unpivot include nulls (v for n in (x_s as 'x', y_s as 'y'));
select transform (a, b) using 'cat' as (c string, d int) from t;
from t insert overwrite table u select a insert into v select b;
select count_if(a > 1), any_value(b) ignore nulls, first(c) filter (where d), percentile_approx(e, 0.5) over w from t window w as (partition by f);
select * from parquet.`/data/x`, range(1, 10) r, values (1, 'a') as v (n, s);
select a from t version as of 1 union all select a from t timestamp as of '2020-01-01' tablesample (5 percent);
create table x using delta partitioned by (d) location '/x' as select a, d from t;
