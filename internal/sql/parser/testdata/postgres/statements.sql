with moved as (delete from t where x = 1 returning *), r(n) as not materialized (values (1), (2))
insert into s (a, b) select m.a, r.n from moved m, r on conflict (a) do update set b = excluded.b where s.b is null returning a as id;
with recursive tree as (select id, parent from nodes where parent is null union all select n.id, n.parent from nodes n join tree t on n.parent = t.id)
select * from tree;
update t set a = s.a, (b, c) = (select x, y from z) from s where t.id = s.id returning t.*;
create or replace view v (a, b) as select 1, 2 union (select 3, 4 except select 5, 6) intersect select 7, 8 with check option;
create table k as (select * from t) with no data;
select a, b into temp u from t;
create function f(x int) returns setof t language sql as $$ select * from t where id = x $$;
values (1, 'a'), (2, 'b');
table t;
select * from rows from (json_to_recordset(j) as (a int, b text), generate_series(1, 3)) as x(p, q, s);
select * from xmltable('/rows/row' passing doc columns id int path '@id', n for ordinality, name text path 'name' default 'x') as xt;
select xmlelement(name foo, a, b), json_object('k' : a, 'l' value b), listagg from t;
