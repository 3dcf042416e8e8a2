{{ config(materialized="view") }}

select
    store_id as "café_id",
    store_name as café,
    city as ville,
    opened_on
from {{ ref("stg_stores") }}
where store_kind = 'café'
