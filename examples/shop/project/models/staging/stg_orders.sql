with source as (

    select * from {{ source("landing", "orders") }}

),

renamed as (

    select
        id as order_id,
        customer as customer_id,
        store as store_id,
        channel,
        status,
        {{ cents_to_pounds("discount_pence") }} as discount_amount,
        cast(ordered_at as timestamp) as ordered_at,
        cast(ordered_at as date) as order_date,
        _loaded_at as loaded_at
    from source
    where cast(ordered_at as date) >= cast('{{ var("first_order_date") }}' as date)

)

select * from renamed
