with products as (

    select * from {{ ref("stg_products") }}

),

stock as (

    select
        product_id,
        sum(on_hand) as on_hand
    from {{ ref("stg_stock_levels") }}
    group by product_id

)

select
    cast(products.product_id as integer) as product_id,
    products."SKU",
    products.product_name,
    products.category,
    products.list_price as "price_£",
    cast(coalesce(stock.on_hand, 0) as bigint) as stock_on_hand
from products
left join stock
    on products.product_id = stock.product_id
