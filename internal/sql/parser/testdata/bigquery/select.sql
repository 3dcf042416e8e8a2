select as struct a.b.c, a.arr[offset(0)].x, arr[safe_ordinal(1)], struct(1 as x, a.y), struct<a int64, b array<string>>(1, ['x']), [1, 2, 3],
       array<int64>[1], array(select x from unnest(xs) as x with offset as o where o > 1), timestamp_diff(a.second, b.day, second) as d,
       date_trunc(dt, week(monday)) as w, date_sub(current_date(), interval 1 day), date '2020-01-01', safe_cast(x as numeric), if(a, b, c),
       r'\d+' as re, """multi
line""" as m, b"x", string_agg(distinct a, ',' order by b limit 3), array_agg(x ignore nulls order by y desc limit 1)[safe_offset(0)].*,
       any_value(x having max y), extract(week(sunday) from d), extract(date from ts at time zone 'utc'), @param, x in unnest([1, 2]), interval x + 1 hour,
       json_value(j, '$.a'), j.a.b[0], t.* except (a, b) replace (c + 1 as c), countif(x) as month, format('%d', day), cast(x as string format 'YYYY')
from `my-project.data.table_*` as t, t.items as item with offset pos, unnest(t.arr) el with offset
left join my-project.ds.tbl b on b.id = t.id
join `p`.d.`x` for system_time as of timestamp_sub(current_timestamp(), interval 1 hour) using (id)
cross join unnest(generate_date_array('2020-01-01', '2021-01-01', interval 1 month)) as day
where _table_suffix between '1' and '2' # comment
group by 1 qualify row_number() over (partition by a) = 1;
select * from (select * from t) pivot (sum(x) as total for q in ('Q1' as a, 'Q2'));
select * from t unpivot ((a, b) for half in ((q1, q2) as 'h1', (q3, q4) as 'h2')) tablesample system (10 percent);
select 1 as a left union all by name select 2 as b;
with recursive x as (select 1 union all select n + 1 from x) select * from x;
