-- table emp: id int, boss int, name text
with recursive tree as (select id, boss, name, 1 as depth, name::text as path from emp where boss is null union all select e.id, e.boss, e.name, t.depth + 1, t.path || '/' || e.name from emp e join tree t on e.boss = t.id) select * from tree order by path
