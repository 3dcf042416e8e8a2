select id as member_id, name from {{ ref('members') }}
