select * from {{ ref('loans') }} order by returned_at - lent_at desc
