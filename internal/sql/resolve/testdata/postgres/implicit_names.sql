-- table t: a int, b text
select a::text, count(*), sum(a) over (), a + 1, case when a > 1 then 2 end, case a when 1 then b else b end, coalesce(a, 1), 'x', true, (select max(a) as m from t), exists(select 1 from t), array[a], 'x'::varchar, now(), extract(year from now()) from t group by a, b
