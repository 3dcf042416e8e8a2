with lines as (

    select * from {{ ref("int_order_lines_priced") }}

),

orders as (

    select * from {{ ref("stg_orders") }}

)

select
    lines.*,
    orders.customer_id,
    orders.order_date
from lines
inner join orders
    on lines.order_id = orders.order_id
