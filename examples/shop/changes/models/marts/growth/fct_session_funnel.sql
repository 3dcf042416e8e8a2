with sessions as (

    select * from {{ ref("int_sessions") }}

)

select
    cast(started_at as date) as session_date,
    count(*) as sessions,
    sum(has_basket) as baskets,
    sum(has_checkout) as checkouts,
    round(sum(has_checkout) * 1.0 / nullif(count(*), 0), 4) as conversion_rate
from sessions
group by 1
