with entries as (select * from {{ ref('stg_entries') }})
select account, sum(amount) as balance, max(booked_on) as last_booked_on, count(*) as entries
from entries
where amount <> 0
group by account
