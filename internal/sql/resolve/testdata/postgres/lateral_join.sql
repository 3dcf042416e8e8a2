-- table t: id int, arr text
-- table u: tid int, v int
select t.id, m.top_v from t left join lateral (select max(u.v) as top_v from u where u.tid = t.id) m on true
