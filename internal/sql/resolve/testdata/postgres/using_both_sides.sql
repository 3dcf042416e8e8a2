-- table t: id int, a int
-- table u: id int, b int
-- table v: id int, c int
select id, a, b, c from t full join u using (id) full join v using (id)
