select a, b from t, unnest(t.xs) as a, unnest(t.ys) as b
