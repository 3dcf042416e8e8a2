-- table T: ID int, AMT_NET int, AMT_GROSS int
select * ilike 'amt%' from t
