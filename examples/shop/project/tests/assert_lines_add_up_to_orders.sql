-- The lines of an order, less its discount, must add up to the order's net amount.
{{ config(tags=["finance"]) }}

with lines as (

    select
        order_id,
        sum(line_amount) as line_amount
    from {{ ref("fct_order_lines") }}
    group by order_id

)

select
    orders.order_id,
    orders.net_amount,
    lines.line_amount - orders.discount_amount as expected_amount
from {{ ref("fct_orders") }} as orders
inner join lines
    on orders.order_id = lines.order_id
where abs(orders.net_amount - (lines.line_amount - orders.discount_amount)) > 0.01
