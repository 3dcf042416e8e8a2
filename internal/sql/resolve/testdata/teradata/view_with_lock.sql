-- table db.t: a int, b int
create view v as locking row for access sel a, sum(b) over (partition by a) as s from db.t qualify s > 1
