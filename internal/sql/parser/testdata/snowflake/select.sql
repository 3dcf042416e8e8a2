select top 10 $1, t.$2, src:customer.name::string as name, src:items[0]:"Sku"::varchar(10), src['a']['b'], v:a.b.c,
       f.value:id::int as id, f.index, f.this:x, array_agg(distinct x) within group (order by y desc) as xs, iff(a > 1, b, c),
       datediff(day, a.start, b."end") as days, dateadd('month', 1, d), date_trunc(month, d), last_day(d, month), object_construct('a', 1, 'b', x),
       {'k': a, 'l': b.c}, [a, b], try_cast(x as number(38, 2)), x::timestamp_ntz, filter(arr, x -> x:a > 1), transform(arr, (x int) -> x + 1),
       first_value(x) ignore nulls over (partition by y order by z), ratio_to_report(x) over (), a like any ('x%', 'y%'), a rlike 'b', * ilike '%id%',
       t.* exclude (a, b) replace (upper(c) as c) rename (d as e), a || b as ab, year(d) as year, seq4() as day
from db.schema.tbl at (timestamp => '2020-01-01'::timestamp) as t,
     lateral flatten(input => t.src:items, outer => true) f,
     table(split_to_table(t.x, ',')) as s
     left join @stage/path/file.csv (file_format => 'ff', pattern => '.*') st on st.$1 = t.a
     asof join q match_condition (t.ts >= q.ts) on t.k = q.k
     natural join z sample (10)
where t.a = 1 and try_to_date(x) > current_date
group by all
having count(*) > 1
qualify row_number() over (partition by a order by b) = 1
order by all
limit 10;
select * from sales pivot (sum(amount) as s, max(x) for month in ('jan' as j, 'feb')) as p (id, a, b);
select * from sales pivot (sum(amount) for month in (any order by month) default on null (0));
select * from sales unpivot include nulls (score for month in (jan, feb as 'F'));
select * from t match_recognize (partition by id order by ts measures first(a.x) as f, match_number() as m all rows per match
  after match skip past last row pattern (a b+) define a as x > 1, b as a.x < lag(b.x)) mr;
select * from semantic_view(sv dimensions c.region, product metrics total where region = 'x') as s;
select t.id, level, prior t.id, connect_by_root t.name from t start with parent is null connect by prior id = parent;
