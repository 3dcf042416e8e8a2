-- table T: ID int, lower~case int
select id, "lower case" as lc, "ID" as i2 from t
