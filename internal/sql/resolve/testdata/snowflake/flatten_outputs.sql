-- table T: ID int, J variant
select t.id, f.value:name::string as name, f.index, f.seq, f.key, f.path, f.this from t, lateral flatten(input => t.j:items) f
