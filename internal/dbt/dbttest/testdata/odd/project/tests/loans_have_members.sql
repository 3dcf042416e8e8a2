{{ config(severity='warn', tags=['quality']) }}
select l.loan_id from {{ ref('stg_loans') }} as l
left join {{ ref('members') }} as m on m.id = l.member_id
where m.id is null
