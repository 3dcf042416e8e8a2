with orders as (select id, total from orders where total > 0) select id, total from orders
