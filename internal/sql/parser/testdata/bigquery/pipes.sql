from orders as o
|> where amount > 1
|> join customers as c using (id)
|> left join unnest(o.items) as i
|> extend amount * 2 as twice, row_number() over (partition by id) as rn
|> set amount = amount + 1
|> drop twice, rn
|> rename amount as total
|> aggregate sum(total) as s, count(*) as n desc group by region as r, year
|> as z
|> where z.s > 1
|> window rank() over (order by s) as k
|> select distinct r, s, k
|> pivot (sum(s) for r in ('a', 'b'))
|> unpivot (v for k in (a, b)) as u
|> tablesample system (1 percent)
|> call tvf(table x, 1) as y
|> union all (select 1, 2), (select 3, 4)
|> distinct
|> order by s desc, k
|> limit 10 offset 1;
select * from t |> aggregate count(*) |> select *;
