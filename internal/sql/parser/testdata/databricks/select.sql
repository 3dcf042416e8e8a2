select raw:store.book[0].price::double, c.*, explode(arr) as (k, v), posexplode(m), named_struct('a', 1), map('a', b), transform(arr, x -> x + 1),
       aggregate(arr, 0, (acc, x) -> acc + x.v), `odd ``name`, "string", date_add(day, 1, d), date_add(d, 1), timestampdiff(MONTH, a, b), x ?:: int, a <=> b,
       a div b, a rlike 'x', cast(a as array<struct<b: int, c: map<string, int>>>) as z, 10L, 1.5BD, 3rd_col, percentile_approx(x, 0.5) filter (where y),
       interval 3 days, * except (a, b), try_cast(x as bigint)
from delta.`/path/to/x` version as of 3 t
lateral view outer explode(t.items) i as item
lateral view posexplode(item.parts) as pos, part
left semi join u on t.id = u.id
anti join v using (id)
join w tablesample (10 rows)
where x = 1
group by cube (a, b) with rollup
having x cluster by a;
select * from values (1, 'a'), (2, 'b') as t(x, y);
select * from range(10);
insert overwrite table t partition (ds = '1', hr) select * from s;
merge with schema evolution into t using s on t.id = s.id when matched then update set * when not matched then insert * when not matched by source then delete;
create table x using delta partitioned by (a) location '/x' tblproperties ('a' = 'b') as select * from y;
from t |> where a |> aggregate sum(b) group by c;
select * from t unpivot ((a) for n in ((b) as x));
