{{
    config(
        materialized="incremental",
        unique_key="order_id",
        on_schema_change="append_new_columns",
    )
}}

with orders as (

    select * from {{ ref("stg_orders") }}
    {% if is_incremental() %}
    where ordered_at >= (select max(ordered_at) - interval '7 days' from {{ this }})
    {% endif %}

),

lines as (

    select
        order_id,
        sum(quantity) as pieces,
        sum(line_amount) as gross_amount
    from {{ ref("int_order_lines_priced") }}
    group by order_id

),

payments as (

    select * from {{ ref("int_payments_by_order") }}

),

channels as (

    select * from {{ ref("int_orders_by_channel") }}

),

joined as (

    select
        orders.order_id,
        orders.customer_id,
        channels.channel,
        channels.store_name,
        orders.status,
        orders.order_date,
        orders.ordered_at,
        lines.pieces,
        lines.gross_amount,
        orders.discount_amount,
        lines.gross_amount - orders.discount_amount as net_amount,
        coalesce(payments.paid_amount, 0) as paid_amount,
        round(orders.discount_amount / nullif(lines.gross_amount, 0), 4) as discount_share,
        row_number() over (
            partition by orders.customer_id
            order by orders.ordered_at
        ) as customer_order_number
    from orders
    inner join lines
        on orders.order_id = lines.order_id
    left join payments
        on orders.order_id = payments.order_id
    left join channels
        on orders.order_id = channels.order_id

)

select * from joined
