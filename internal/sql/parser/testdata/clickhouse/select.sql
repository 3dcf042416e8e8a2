with 1 as one, (select max(x) from t) as m, c as (select * from u), arrayMap(x -> x + 1, xs) as ys
select one + m as a, quantile(0.9)(v) as q, sumIf(x, y > 1), arrayJoin(xs) as el, t.1, tup.2.name, x ? y : z as tern, {p:UInt8}, map('a', 1)['a'],
       dictGet('d', 'attr', toUInt64(id)), (a, b) as pair, [1, 2][1], x::Nullable(String), cast(x, 'Int64'), toStartOfMonth(d) as month, * except (a) replace (b as c),
       columns('^x') apply(sum), if(a, b, c), 'a' || b, count(), date_diff('day', a, b), argMax(x, (y, z)), a global in (select 1), `x y`, not a, interval 1 day
from db.t as t final sample 1 / 10
left array join t.arr as el2, arrayEnumerate(t.arr) as num
global any left join u using id, k
asof join q on t.k = q.k and t.ts >= q.ts
prewhere x = 1
where y
group by a with totals
having q > 1
order by a with fill from 1 to 10 step 1, b desc
limit 1, 5
limit 2 by a
settings max_threads = 1, x = 'y'
format JSON;
create materialized view mv to db.target (a Int8) engine = MergeTree order by a as select a from t;
select * from file('x.csv', CSV, 'a Int8') union distinct select 1;
insert into t (a, b) select 1, 2;
select n from numbers(10) limit 2 by n;
