{{ config(materialized='table') }}
select loan_id as "Loan Number", title as "größe", lent_at as "select" from {{ ref('loans') }}
