-- table T: TS timestamp, D date, MONTH int, DAY int
select datediff(day, d, ts) as dd, date_trunc('month', ts) as m, dateadd(month, 1, d) as nx, last_day(d, week) as ld, month as mo, extract(year from ts) as y from t
