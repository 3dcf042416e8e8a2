-- A view with comments on its columns, as dbt's persist_docs writes it: docs.snowflake.com/en/sql-reference/sql/create-view
-- table orders: ID number, AMOUNT number
create or replace view v (id comment 'key', total comment 'sum') comment = 'x' as
select o.id, sum(o.amount) from orders o group by o.id
