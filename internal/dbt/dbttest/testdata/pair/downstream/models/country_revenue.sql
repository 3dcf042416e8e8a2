select country, ordered_on, sum(amount) as revenue
from {{ source('platform', 'orders') }}
group by 1, 2
