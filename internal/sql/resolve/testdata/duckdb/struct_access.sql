-- table t: s STRUCT(a INTEGER, b STRUCT(c VARCHAR))
select s.a, s.b.c, s['a'] as k, (s).b as b from t
