with source as (

    select * from {{ ref("raw_customers") }}

),

renamed as (

    select
        cast(id as bigint) as customer_id,
        first_name,
        last_name,
        first_name || ' ' || last_name as full_name,
        lower(email) as email,
        country as country_code,
        cast(signed_up_on as date) as signed_up_on
    from source

)

select * from renamed
