-- table t: a int, b int
select x = a + 1, y = b, [Odd Name] = a into dst from t
