-- table s: a int, b int
insert into tgt (x, y) select b, a from s
