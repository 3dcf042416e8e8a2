-- A view that names its columns: learn.microsoft.com/sql/t-sql/statements/create-view-transact-sql
-- table orders: id int, amount int
create or alter view dbo.v (id, total) as
select o.id, sum(o.amount) from orders o group by o.id
