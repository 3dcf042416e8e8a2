select
    event_id,
    visitor_id,
    try_cast(customer as bigint) as customer_id,
    event_type,
    page_path,
    cast(happened_at as timestamp) as happened_at
from {{ source("landing", "web_events") }}
