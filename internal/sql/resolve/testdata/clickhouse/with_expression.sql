-- table t: a Int32
with (select max(a) from t) as top, 10 as k select a / top as share, a + k as ak from t
