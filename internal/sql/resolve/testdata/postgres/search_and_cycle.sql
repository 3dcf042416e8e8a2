-- table q: id int, p_id int, v int
with recursive t(id, up) as (select id, p_id from q where v = 1 union all select q.id, t.up from q join t on q.p_id = t.id) search depth first by id, up set ord cycle id set looped using path select *, ord as o from t order by ord
