with refunds as (

    select * from {{ source("landing", "refunds") }}

),

orders as (

    select * from {{ ref("fct_orders") }}

)

select
    refunds.id as refund_id,
    refunds.order_id,
    orders.customer_id,
    refunds.reason,
    {{ cents_to_pounds("refunds.amount_pence") }} as refund_amount,
    cast(refunds.refunded_at as timestamp) as refunded_at
from refunds
left join orders
    on refunds.order_id = orders.order_id
