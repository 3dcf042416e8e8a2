select id as customer_id, full_name, lower(email) as email, country
from {{ source('raw', 'customers') }}
