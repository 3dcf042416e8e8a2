with orders as (

    select * from {{ ref("stg_orders") }}

),

stores as (

    select * from {{ ref("stg_stores") }}

),

web_orders as (

    select
        order_id,
        'web' as channel,
        cast(null as varchar) as store_name
    from orders
    where channel = 'web'

),

store_orders as (

    select
        orders.order_id,
        'store' as channel,
        stores.store_name
    from orders
    inner join stores
        on orders.store_id = stores.store_id
    where orders.channel = 'store'

)

select * from web_orders
union all
select * from store_orders
