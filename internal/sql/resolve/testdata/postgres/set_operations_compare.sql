-- table t: a int
-- table u: b int
select a from t except select b from u
