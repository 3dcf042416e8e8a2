-- Microsoft Fabric warehouse: T-SQL, CTAS, views of dbt-fabric, OPENROWSET, OPTION
create view [dbo].[v__dbt_tmp] as with [x y] as (select top (10) percent [a], b = c + 1, N'ü' as n, "q" from [db].[dbo].[t] as t with (nolock)) select * from [x y];
exec('create view [dbo].[v] as select 1 as a');
create table [dbo].[x] as select a, try_convert(int, b) as b, iif(a > 1, 'x', 'y') c, datediff(day, a.d, getdate()) as days, string_agg(a.n, ',') within group (order by a.n) as list from a option (label = 'x');
select * from openrowset(bulk 'https://x/y.parquet', format = 'parquet') with (a int, b varchar(10) collate Latin1_General_100_BIN2_UTF8) as r;
select a, value from t cross apply string_split(t.tags, ',') outer apply (select top 1 x from u where u.id = t.id order by x desc) z;
select a, sum(v) over (order by d rows between 1 preceding and current row) s from t for system_time as of '2020-01-01' order by a offset 0 rows fetch next 10 rows only
