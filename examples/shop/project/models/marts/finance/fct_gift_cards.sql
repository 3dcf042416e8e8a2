-- Switched off until gift cards are sold on the web again.
{{ config(enabled=false) }}

select
    payment_id,
    order_id,
    amount
from {{ ref("stg_payments") }}
where payment_method = 'gift_card'
