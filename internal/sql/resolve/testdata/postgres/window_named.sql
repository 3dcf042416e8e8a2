-- table t: a int, b int, c int
select row_number() over w as rn, lag(a) over (w rows between 1 preceding and current row) as prev from t window w as (partition by b order by c)
