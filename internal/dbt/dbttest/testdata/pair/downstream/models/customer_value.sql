select c.customer_id, c.email, sum(o.amount) as lifetime_value, max(o.ordered_on) as last_ordered_on
from {{ ref('platform', 'dim_customers') }} as c
left join {{ source('platform', 'orders') }} as o on o.customer_id = c.customer_id
group by 1, 2
