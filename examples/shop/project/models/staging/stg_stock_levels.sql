select
    product as product_id,
    warehouse,
    cast(on_hand as integer) as on_hand,
    cast(counted_on as date) as counted_on
from {{ source("erp", "stock_levels") }}
