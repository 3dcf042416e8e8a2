select id, v from (select * from t union all select * from u) w
