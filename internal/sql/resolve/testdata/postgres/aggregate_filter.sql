-- table t: a int, b int, c int
select sum(a) filter (where b > 0) as s, string_agg(c::text, ',' order by b) as l, percentile_cont(0.5) within group (order by a) as p from t having count(c) > 1
