-- table T: ID int, V int
-- table S: ID int, V int
merge into t using (select id, v + 1 as v from s where v > 0) x on t.id = x.id when matched and x.v > 1 then update set t.v = x.v + t.v when not matched then insert (id, v) values (x.id, x.v)
