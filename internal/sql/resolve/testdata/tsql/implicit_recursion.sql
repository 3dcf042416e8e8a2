-- table emp: id int, boss int
with tree as (select id, boss, 0 as lvl from emp where boss is null union all select e.id, e.boss, lvl + 1 from emp e join tree on e.boss = tree.id) select * from tree
