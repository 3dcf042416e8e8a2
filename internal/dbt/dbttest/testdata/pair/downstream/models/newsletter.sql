select email, lifetime_value > 20 as is_valued from {{ ref('customer_value') }}
