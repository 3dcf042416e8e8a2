-- table t: id int, amt_a int, amt_b int
select id, sum(columns('amt_.*')) from t group by id
