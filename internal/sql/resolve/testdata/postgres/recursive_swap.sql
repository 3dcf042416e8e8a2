-- table t: a int, b int, c int
with recursive r(x, y, z) as (select a, b, c from t union all select y, z, x from r where x < 10) select x from r
