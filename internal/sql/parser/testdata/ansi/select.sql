select a.b, "c d", `e f`, cast(x as varchar), case a when 1, 2 then 'x' else 'y' end as z, nullif(a, b), sum(x) over w, a:b.c, arr[0], left(a, 1), right, date, value, user, year
from t1 a left outer join t2 b on a.id = b.id full join t3 using (id, k), t4
where (a.x between 1 and 2 or not exists (select * from u)) and a.y in (1, 2)
window w as (order by a)
order by 1;
select a from t union select b from u intersect select c from v except all select d from w order by 1 limit 1;
