-- SQLite: three quotes, IS without NULL, GLOB, json operators, upsert, DQS aliases
select [a b], `c`, "d", x is 1, x is not y, x glob 'a*', doc -> '$.a', doc ->> 'b', cast(x as text), iif(a, b, c), total(x) filter (where y), qualify, top, minus from main.t as t indexed by i;
select j.key, j.value, j.atom from t, json_each(t.doc, '$.list') as j where (a, b) in (select c, d from u) order by j.key collate nocase;
with recursive r(n) as materialized (values (1) union all select n + 1 from r limit 10) select n, row_number() over (order by n groups between unbounded preceding and 1 following exclude ties) from r;
insert into t (a, b) values (1, 2) on conflict (a) do update set b = excluded.b where excluded.b > t.b returning a;
select a from t natural left outer join u union select b from v order by 1 limit 5 offset 2;
create table x as select a, b || 'x' as c from t;
select rowid from t1 not indexed where t1 match 'lorem' and a not null and b + a not null;
