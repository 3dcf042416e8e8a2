-- table t: id int, a int
-- table s: id int, v int
update t set a = s.v + t.a from s where s.id = t.id
