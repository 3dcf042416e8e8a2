-- table SALES: ID int, Q text, AMT int
select id, p."'q1'" as q1 from sales pivot (sum(amt) for q in (any order by q)) as p
