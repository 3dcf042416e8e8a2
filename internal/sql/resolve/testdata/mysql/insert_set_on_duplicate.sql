-- table s: a int, b int
insert into t (k, v) select a, b from s on duplicate key update v = values(v)
