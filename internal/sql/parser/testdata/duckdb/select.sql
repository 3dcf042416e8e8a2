from t select a, b;
from 'file.parquet';
select columns('^x'), columns(* exclude (a)), columns(c -> c like 'x%') + 1, min(columns(*)), * exclude a replace (b + 1 as b), t.columns('x'), *columns(*),
       [x * 2 for x in xs if x > 1] as l, {'a': 1, b: c}, map {'k': v}, s.a.b, arr[1:2], arr[-1], list_transform(l, x -> x + 1), list_filter(l, lambda y: y > 1),
       total: sum(x), #1, a // b, a ** 2, name.upper().trim() as n, 'a'.length(), unnest(l, recursive := true), struct_pack(a := 1, b := c),
       j -> '$.a' ->> 'b', list_transform(l, e -> e ->> '$.x'), date_diff('day', a, b), max(x) filter (y > 1), x: 1, count(), (a, b) as tup
from read_csv('x.csv', header = true) as r
asof left join q on r.ts >= q.ts
positional join z
semi join y using (id)
where x glob 'a*' and a not in b
group by all having x qualify row_number() over (order by a) = 1
order by all desc
limit 10%
using sample 10 percent (bernoulli);
pivot cities on year, (country) in ('a', 'b') using sum(population) as total, max(x) group by name;
unpivot t on columns(* exclude (id)), (a, b) as ab into name n value v;
select * from (pivot t on x using sum(y)) p;
select 1 as a union all by name select 2 as b;
with x as materialized (from t) from x select * order by a;
create or replace table u as from t;
insert into t by name select 1 as a;
select * from values (1, 2) v(a, b), (values (3)) w;
select x.a from t as x tablesample 10% where x.a is not null;
