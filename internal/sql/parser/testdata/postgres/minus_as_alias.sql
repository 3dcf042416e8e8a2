-- minus is an ordinary name in PostgreSQL
select minus.a from ((select 1 as a) minus cross join t)
