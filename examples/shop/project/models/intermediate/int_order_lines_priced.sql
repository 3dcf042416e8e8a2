{{ config(materialized="ephemeral") }}

with lines as (

    select * from {{ ref("stg_order_lines") }}

),

products as (

    select * from {{ ref("stg_products") }}

)

select
    lines.order_line_id,
    lines.order_id,
    lines.product_id,
    products."SKU",
    products.category,
    lines.quantity,
    lines.unit_price,
    lines.quantity * lines.unit_price as line_amount,
    greatest(products.list_price - lines.unit_price, 0) * lines.quantity as markdown_amount
from lines
left join products
    on lines.product_id = products.product_id
