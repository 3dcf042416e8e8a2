-- table t: l array<int>, f int
select transform(l, x -> x + f) as y, aggregate(l, 0, (acc, x) -> acc + x) as s from t
