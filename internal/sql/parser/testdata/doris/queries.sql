-- Apache Doris: lateral view, array lambdas, partitions, hints, backtick names
select k1, e1, `order`, "text" as s from t lateral view explode_split(k2, ',') tmp as e1 where k1 > 0 -- end
group by grouping sets ((k1), (e1), ()) having count(*) > 1 order by k1 limit 2, 10;
select array_map(x -> x + 1, arr), arr[1], m['k'], struct_element(s, 'f'), s.f, cast(a as array<int>), bitmap_union_count(to_bitmap(id)), a <=> b from db.t partition (p1) tablet (1001);
select /*+ set_var(query_timeout = 1) */ t.*, row_number() over (partition by a order by b) as rn from t tablesample (10 rows) left anti join u on t.id = u.id qualify rn = 1;
select a from t1 intersect select a from t2 minus select a from t3;
insert overwrite table t partition (p1) with label l (a, b) select a, b from u;
with x as (select date_add(d, interval 1 day) as d, date_trunc(d, 'month') as m from t) select * from x except select 1, 2;
