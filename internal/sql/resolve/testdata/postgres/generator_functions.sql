-- table t: j jsonb, n int
select e.value ->> 'x' as x, k.key, g, o.el, o.nr from t, jsonb_array_elements(t.j) as e, jsonb_each(t.j) k, generate_series(1, t.n) g, jsonb_array_elements(t.j) with ordinality as o(el, nr)
