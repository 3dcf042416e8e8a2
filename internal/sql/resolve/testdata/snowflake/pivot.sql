-- table SALES: ID int, Q text, AMT int
select * from sales pivot (sum(amt) for q in ('q1', 'q2')) as p
