-- table t: id int, a int
-- table u: tid int, v int, w int
select t.id, (select sum(v) from u where u.tid = t.id and w > 1) as s from t
