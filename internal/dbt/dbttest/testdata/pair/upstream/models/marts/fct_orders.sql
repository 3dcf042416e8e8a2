select o.order_id, o.customer_id, o.ordered_on, o.amount, c.country
from {{ ref('stg_orders') }} as o
join {{ ref('stg_customers') }} as c on c.customer_id = o.customer_id
where o.status = 'paid'
