{%- set methods = ["card", "bank_transfer", "gift_card"] -%}

with payments as (

    select * from {{ ref("stg_payments") }}

)

select
    order_id,
    {%- for method in methods %}
    sum(case when payment_method = '{{ method }}' then amount else 0 end) as {{ method }}_amount,
    {%- endfor %}
    sum(amount) as paid_amount,
    max(paid_at) as last_paid_at
from payments
group by order_id
