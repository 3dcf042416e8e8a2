with customers as (

    select * from {{ ref("stg_customers") }}

)

select
    customer_id,
    first_name,
    last_name,
    email,
    country_code,
    signed_up_on
from customers
