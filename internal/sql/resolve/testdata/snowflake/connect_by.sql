-- table EMP: ID int, BOSS int, NAME text
select id, sys_connect_by_path(name, '/') as path, level as lvl, connect_by_root name as root from emp start with boss is null connect by boss = prior id
