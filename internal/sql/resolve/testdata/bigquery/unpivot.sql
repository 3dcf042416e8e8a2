-- table t: product string, q1 int64, q2 int64
select * from t unpivot (sales for quarter in (q1, q2))
