with products as (

    select * from {{ ref("dim_products") }}

),

sold as (

    select
        product_id,
        sum(quantity) as sold_30_days
    from {{ ref("fct_order_lines") }}
    group by product_id

)

select
    products.*,
    coalesce(sold.sold_30_days, 0) as sold_30_days,
    round(products.stock_on_hand * 30.0 / nullif(sold.sold_30_days, 0), 1) as days_of_cover
from products
left join sold
    on products.product_id = sold.product_id
