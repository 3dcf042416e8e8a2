-- table t: id int, Name text, name text
select "Name", NAME, t."Name" as n2, "Odd Name" from t
