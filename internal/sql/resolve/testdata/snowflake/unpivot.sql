-- table SALES: ID int, JAN int, FEB int
select * from sales unpivot (amt for mon in (jan, feb))
