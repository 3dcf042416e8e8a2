-- table t: id int, xs int[]
select r, g.i, u.unnest, t.id from t, range(t.id) r, generate_series(1, t.id) as g(i), unnest(xs) u
