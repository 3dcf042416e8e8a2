select distinct on (a.id) a.id, a."Name" as n, b.*, count(*) filter (where b.x is not null) over w as c,
       a.data -> 'k' ->> 'v' as j, a.data #>> '{a,b}' as p, a.tags @> array['x'] as has, e'it''s\n' || U&'x' as s,
       coalesce(a.x, 0)::numeric(10, 2) as amount, (a.addr).city, a.arr[1], a.arr[2:3], a.ts at time zone 'utc' as utc,
       a.ts + interval '1 day' * a.days as due, extract(epoch from a.ts - b.ts) as secs, date_trunc('month', a.ts) as month,
       row(a.x, a.y) as r, a.name ~* '^x' as m, a.x is distinct from b.x as d, substring(a.n from 2 for 3), trim(both 'x' from a.n),
       position('x' in a.n), overlay(a.n placing 'y' from 1 for 2), a.data ? 'key', a.data ?| array['a', 'b'], $1, not a.ok
from only public.accounts as a
left join lateral (select * from b where b.a_id = a.id limit 1) b on true
natural join c
cross join generate_series(1, 10) with ordinality as g(i, pos)
join (d join e on d.id = e.id) using (id)
where a.x = any (array[1, 2]) and a.y not between 1 and 2 and a.z ilike '%x\_%' escape '\' and exists (select 1 from f where f.id = a.id)
  and (a.b, a.c) in (select b, c from g) and a.t similar to 'x|y' and a.v is not true
group by grouping sets ((a.id), (a."Name", a.x), ()), rollup (a.y)
having count(*) > 1
window w as (partition by a.id order by a.ts desc nulls last rows between 1 preceding and current row exclude ties)
order by a.id using >, 2 nulls first
limit 10 offset 5 for update of a skip locked;
