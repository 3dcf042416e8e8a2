{{ config(tags=['staging', 'nightly']) }}
select id as loan_id, book_id, member_id,
    cast(lent_at as timestamp) as lent_at, cast(returned_at as timestamp) as returned_at
from {{ source('library', 'loans') }}
