select
    store_id,
    store_name,
    kind as store_kind,
    city,
    cast(opened_on as date) as opened_on
from {{ ref("raw_stores") }}
