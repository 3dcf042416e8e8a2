-- table t: a int
-- table u: b int
select a in (select b from u) as f from t
