{{ config(materialized='ephemeral') }}
select loan_id, member_id from {{ ref('stg_loans') }}
where returned_at is null and lent_at < cast('2026-11-09' as timestamp) - interval '{{ var("loan_days") }} days'
