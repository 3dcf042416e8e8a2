-- table t: s varchar, d date, p int
select s, lowest from t match_recognize (partition by s order by d measures last(b.p) as lowest all rows per match pattern (a b+) define b as p < prev(p))
