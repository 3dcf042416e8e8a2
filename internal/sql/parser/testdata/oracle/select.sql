select /*+ hint */ a.x, b.y, q'[it's]', nq'{x}', level, sysdate, rownum rn, a.col.attr.method(1), listagg(x, ',' on overflow truncate '...' with count) within group (order by y) over (partition by z),
       max(a.x) keep (dense_rank first order by a.y desc nulls last), first_value(x ignore nulls) over (order by y), cast(multiset(select * from t) as tt), cursor(select 1 from dual),
       nvl(a.x, 0), decode(a.x, 1, 'a', 'b'), to_char(sysdate, 'YYYY'), interval '1' day (3) to second, timestamp '2020-01-01 00:00:00', :bind, trunc(sysdate, 'MM'), a.x(+) as o, connect_by_root a.id
from t1 a, t2 b, table(f(a.x)) c, xmltable('/a/b' passing a.doc columns v varchar2(10) path 'v') d, t3 partition (p1) e, t4 as of timestamp sysdate g, lateral (select * from z where z.id = a.id) l
where a.id = b.id(+) and a.x != 1 and regexp_like(a.y, 'x') and (a.p, a.q) in ((1, 2), (3, 4)) and a.z = some (1, 2) and a.d member of b.nt
start with a.parent is null connect by nocycle prior a.id = a.parent
group by rollup (a.x, cube (b.y)), grouping sets (a.z, (a.x, b.y))
order siblings by a.x
fetch first 10 percent rows with ties
for update nowait;
select * from (select * from s) pivot xml (sum(x) for y in (any));
select * from s unpivot exclude nulls ((a, b) for n in ((c, d) as 'cd', (e, f) as 'ef'));
insert all into a (x) values (y) into b values (z, w) select y, z, w from s;
merge into t using (select 1 from dual) s on (t.id = s.id) when matched then update set t.a = s.a where s.b = 1 delete where t.c = 2 when not matched then insert (id) values (s.id) where s.x is not null;
select a from t minus select b from u;
begin insert into t (a) select b from u; exception when others then null; end;
/
