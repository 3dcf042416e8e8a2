select o.id, o.customer_id, p.amount
from {{ ref('stg_orders') }} o join {{ ref('stg_payments') }} p on p.order_id = o.id
