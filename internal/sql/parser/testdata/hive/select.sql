from src s insert overwrite table a partition (d = '1') select s.x, s.y where s.x > 1 insert into table b select s.z;
select transform (a, b) using 'script' as (c string, d int) from t;
select a, b from t lateral view explode(map(1, 2)) m as k, v where a rlike 'x' distribute by a sort by b desc;
select count(1) from t group by a, b grouping sets ((a), b);
