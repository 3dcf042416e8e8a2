-- table t: k int
select v.name, t.k from t join (values (1, 'a'), (2, 'b')) as v(id, name) on v.id = t.k
