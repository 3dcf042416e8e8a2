select t.id, value, index from db.s.t t, table(flatten(t.items))
