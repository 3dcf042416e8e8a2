-- table t: x int, id int
-- table u: y int, id int
select * from t join u using (id)
