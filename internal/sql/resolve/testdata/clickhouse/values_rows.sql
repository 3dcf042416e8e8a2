-- table t: a Int32
select *, a from values((1, 'x'), (2, 'y')) v cross join t
