{{ config(materialized="table") }}

with events as (

    select * from {{ ref("stg_web_events") }}

),

gaps as (

    select
        *,
        case
            when
                lag(happened_at) over (partition by visitor_id order by happened_at)
                >= happened_at - interval '{{ var("session_gap_minutes") }} minutes'
                then 0
            else 1
        end as is_first_event
    from events

),

numbered as (

    select
        *,
        sum(is_first_event) over (
            partition by visitor_id
            order by happened_at
            rows between unbounded preceding and current row
        ) as session_number
    from gaps

)

select
    visitor_id || '-' || session_number as session_id,
    visitor_id,
    max(customer_id) as customer_id,
    min(happened_at) as started_at,
    max(happened_at) as ended_at,
    count(*) as events,
    max(case when event_type = 'add_to_basket' then 1 else 0 end) as has_basket,
    max(case when event_type = 'checkout' then 1 else 0 end) as has_checkout
from numbered
group by 1, 2
