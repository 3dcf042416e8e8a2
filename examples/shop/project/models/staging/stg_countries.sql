-- Read as a source, although a seed of this project fills it: the finance
-- team loads the same table in production.
select
    country_code,
    country_name,
    vat_rate
from {{ source("reference", "country_codes") }}
