with source as (

    select * from {{ source("landing", "order_lines") }}

)

select
    id as order_line_id,
    order_id,
    product as product_id,
    quantity,
    {{ cents_to_pounds("unit_price_pence") }} as unit_price
from source
