-- table t: id int, k varchar, v int
select id, [x], [y] from t pivot (max(v) for k in ([x], [y])) p
