-- T-SQL: ALTER VIEW, sequences in an order
alter view [dbo].[v] with schemabinding as select a from t where b > 1;
select next value for dbo.seq over (order by a), b from t;
