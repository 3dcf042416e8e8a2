-- table s: a int, b int
-- table tgt: x int, y int
insert into tgt select b, a from s
