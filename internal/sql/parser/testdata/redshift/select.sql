select top 5 a, listagg(distinct b, ',') within group (order by c) over (partition by d), dateadd(day, 1, e), datediff(month, f, getdate()), json_extract_path_text(g, 'h'),
       x.y[0].z as path, approximate count(distinct b), '\'quoted' as q, i::super, decode(a, 1, 2), nvl2(a, b, c), sysdate, b as lat, lat || 'x' as lat2
from spectrum.t x, x.items as item at idx, unpivot x.obj as v at k
where a = 1 qualify row_number() over (partition by a order by b) = 1;
create view v as select 1 as a with no schema binding;
create table t diststyle key distkey (a) sortkey (b) as select a, b from #tmp;
insert into t (select a, b from u);
unload ('select 1') to 's3://x' iam_role 'y';
