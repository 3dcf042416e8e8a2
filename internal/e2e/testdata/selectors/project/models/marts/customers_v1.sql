select id as customer_id, 1 as one from {{ ref('stg_customers') }}
