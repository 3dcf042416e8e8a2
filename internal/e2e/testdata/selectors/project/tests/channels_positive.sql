select * from {{ ref('channels') }} where id < 0
