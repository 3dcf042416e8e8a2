-- table t: product string, quarter string, sales int64
select * from t pivot (sum(sales) as total, count(*) as n for quarter in ('Q1', 'Q2' as second))
