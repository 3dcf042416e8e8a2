-- table t: id int, a int
-- table u: tid int, flag bool
select a from t where exists (select 1 from u where u.tid = t.id and u.flag)
