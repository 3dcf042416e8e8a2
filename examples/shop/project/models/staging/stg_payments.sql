with source as (

    select * from {{ source("landing", "payments") }}

)

select
    id as payment_id,
    order_id,
    method as payment_method,
    {{ cents_to_pounds("amount_pence") }} as amount,
    cast(paid_at as timestamp) as paid_at
from source
where status = 'settled'
