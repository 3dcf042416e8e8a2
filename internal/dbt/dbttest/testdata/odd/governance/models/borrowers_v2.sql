{{ config(materialized='table') }}
select cast(m.id as integer) as member_id, cast(m.name as varchar) as name, count(l.loan_id) as loans
from {{ ref('members') }} as m left join {{ ref('loans') }} as l on l.member_id = m.id
group by 1, 2
