select region_id from {{ ref('regions') }} left join {{ ref('cities') }} using (region_id)
