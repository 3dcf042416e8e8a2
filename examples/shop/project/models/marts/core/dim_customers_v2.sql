with customers as (

    select * from {{ ref("stg_customers") }}

),

countries as (

    select * from {{ ref("stg_countries") }}

),

orders as (

    select
        customer_id,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        count(*) as orders,
        sum(net_amount) as lifetime_amount
    from {{ ref("fct_orders") }}
    group by customer_id

)

select
    cast(customers.customer_id as bigint) as customer_id,
    cast(customers.full_name as varchar) as full_name,
    cast(customers.email as varchar) as email,
    cast(countries.country_name as varchar) as country_name,
    customers.signed_up_on,
    orders.first_order_date,
    orders.last_order_date,
    coalesce(orders.orders, 0) as orders,
    cast(coalesce(orders.lifetime_amount, 0) as decimal(18, 2)) as lifetime_amount
from customers
left join countries
    on customers.country_code = countries.country_code
left join orders
    on customers.customer_id = orders.customer_id
