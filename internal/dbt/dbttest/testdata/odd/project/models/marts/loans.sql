{{ config(materialized='incremental', unique_key='loan_id', on_schema_change='append_new_columns', meta={'sla': 'daily'}) }}
select l.loan_id, l.member_id, l.lent_at, l.returned_at, b.title, b.price,
    case when o.loan_id is null then false else true end as is_overdue
from {{ ref('stg_loans') }} as l
join {{ ref('stg_books') }} as b on b.book_id = l.book_id
left join {{ ref('eph_overdue') }} as o on o.loan_id = l.loan_id
{% if is_incremental() %}
where l.lent_at > (select max(lent_at) from {{ this }})
{% endif %}
