select
    product_id,
    sku as "SKU",
    product_name,
    category,
    {{ cents_to_pounds("list_price_pence") }} as list_price
from {{ ref("raw_products") }}
