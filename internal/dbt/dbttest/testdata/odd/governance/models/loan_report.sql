select b.member_id, b.loans, old.name
from {{ ref('borrowers') }} as b join {{ ref('borrowers', v=1) }} as old on old.member_id = b.member_id
