-- table t: k1 int, k2 varchar
select k1, e1, k1 + 1 as k3 from t lateral view explode_split(k2, ',') tmp as e1 group by k1, e1 having k3 > 1
