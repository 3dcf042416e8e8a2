select top (10) percent with ties [a b] = t.x, y = t.[z], 'q' = 1, t.c 'd', @v, cast(x as decimal(10, 2)), convert(varchar(10), t.d, 120), try_convert(int, x),
       datediff(day, t.a, getdate()), dateadd(month, -1, t.[month]), isnull(a, 0), iif(a > b, 1, 0), string_agg(x, ',') within group (order by y), n'x',
       x.value('(/a)[1]', 'int') as xv, (select b.c from b for xml path('')), next value for seq, a collate latin1_general_ci_as, $action, left(a, 2), t.a % 2
into #temp
from [db].[dbo].[tbl] t with (nolock)
cross apply (select * from f where f.id = t.id) x
outer apply dbo.fn(t.id) as fn
join openjson(t.j) with (id int '$.id', name nvarchar(50) '$.n', sub nvarchar(max) as json) oj on 1 = 1
inner hash join #other o on o.id = t.id
left join db..u u on u.id = t.id
pivot (sum(amount) for m in ([jan], [feb])) as p
where t.a = 1 and t.b <> 2 and t.c !< 3
group by t.x
order by 1 offset 5 rows fetch next 10 rows only
option (recompile);
select * from t for system_time as of '2020-01-01' as h;
