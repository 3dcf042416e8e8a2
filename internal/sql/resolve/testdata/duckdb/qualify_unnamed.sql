-- table t: a int, b int
select count(*), sum(a), a + b from t group by a, b qualify row_number() over (order by a) = 1
