-- table t: id int, m map(varchar, int), xs array(varchar)
select t.id, k, v, n, x, max(id) from t cross join unnest(m) as u (k, v) cross join unnest(xs) with ordinality as w (x, n) group by 1, 2, 3, 4, 5
