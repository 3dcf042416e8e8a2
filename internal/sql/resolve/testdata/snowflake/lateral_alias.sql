-- table T: A int, B int
select a + b as c, c * 2 as d, b as a, a as e from t where c > 1 qualify row_number() over (partition by d order by a) = 1
