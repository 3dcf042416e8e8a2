{{ config(materialized="incremental", unique_key=["order_id", "customer_id"]) }}
select o.id as order_id, o.customer_id, o.amount from {{ ref('orders') }} o join {{ ref('customers') }} c on c.customer_id = o.customer_id
