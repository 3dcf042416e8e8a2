-- table T: A int, B int, C int
select a, b + 1 as b1, sum(c) as s from t group by all
