-- MariaDB: system versioning, MINUS and INTERSECT, RETURNING, sequences, JSON tables, executable comments
select a, b from t for system_time as of timestamp '2020-01-01' where a rlike 'x' minus select a, b from u intersect select a, b from v;
select next value for s, lastval(s), group_concat(distinct a order by b desc separator ';' limit 3), json_value(doc, '$.a'), `odd name`, "text" 'alias' from t limit 1 offset 2;
insert into t (a) values (1) returning id, a;
select percentile_cont(0.5) within group (order by v) over (partition by k) as m from t;
select /*!50000 sql_no_cache */ a from t join lateral (select max(b) as b from u where u.id = t.id) l;
with recursive r as (select 1 as n union all select n + 1 from r where n < 10) cycle n restrict select n from r;
