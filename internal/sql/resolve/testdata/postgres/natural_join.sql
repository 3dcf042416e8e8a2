-- table t: id int, a int
-- table u: id int, b int
select * from t natural join u
