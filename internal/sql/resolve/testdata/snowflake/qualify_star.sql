-- table T: A int, B int
select * exclude (b) rename (a as aa), t.* replace (b + 1 as b) from t qualify row_number() over (partition by a order by b) = 1
