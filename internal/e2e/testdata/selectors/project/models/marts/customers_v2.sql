select c.id as customer_id, r.region_id from {{ ref('stg_customers') }} c join {{ ref('stg_countries') }} r on true
