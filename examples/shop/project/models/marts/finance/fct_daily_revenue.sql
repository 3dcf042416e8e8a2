with days as (

    select
        order_date,
        channel,
        count(*) as orders,
        sum(net_amount) as revenue
    from {{ ref("fct_orders") }}
    where status <> 'cancelled'
    group by order_date, channel

)

select
    order_date,
    channel,
    orders,
    revenue,
    sum(revenue) over (
        partition by channel
        order by order_date
        rows between 6 preceding and current row
    ) as revenue_7_days,
    revenue - lag(revenue) over (partition by channel order by order_date) as change_on_day_before
from days
