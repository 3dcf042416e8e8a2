-- table t: id int, amt_a int, amt_b int
select columns(c -> c like 'amt%') from t
