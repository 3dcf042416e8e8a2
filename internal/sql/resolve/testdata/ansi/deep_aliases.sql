-- table t: a int
select z.v from (select y.v from (select x.a as v from (select a from t) x) y) z
