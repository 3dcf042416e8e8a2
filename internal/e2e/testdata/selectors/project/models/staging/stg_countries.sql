{{ config(materialized="ephemeral", tags=["map"]) }}
select country_code, region_id from {{ source('reference', 'countries') }}
