-- table t: d date, month int64
select date_diff(d, current_date(), day) as dd, date_trunc(d, month) as m, date_trunc(d, week(monday)) as w, extract(month from d) as e, month from t
