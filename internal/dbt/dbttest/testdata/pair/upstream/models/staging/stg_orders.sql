select id as order_id, customer_id, cast(ordered_at as date) as ordered_on, amount_cents / 100.0 as amount, status
from {{ source('raw', 'orders') }}
