-- table t: id int, items super
select t.id, i.sku, i.q.n as n from t, t.items as i
