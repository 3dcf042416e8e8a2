{{ config(tags=["strict"], severity="warn") }}
select * from {{ ref('orders') }} o left join {{ ref('customers', v=2) }} c using (customer_id) where c.customer_id is null
