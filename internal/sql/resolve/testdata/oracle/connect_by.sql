-- table EMP: ID number, BOSS number
select level lvl, id, prior id as up from emp start with boss is null connect by prior id = boss
