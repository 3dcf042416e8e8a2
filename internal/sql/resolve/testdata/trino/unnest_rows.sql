-- table t: id int, xs array(row(a bigint, b varchar)), m map(varchar, int)
select t.id, u.a, u.b, k, v, n from t cross join unnest(xs) with ordinality as u(a, b, n) cross join unnest(m) as mm(k, v)
