-- table raw.t: id int, a int
-- boundary __dbt__cte__eph
with __dbt__cte__eph as (select id, a + 1 as b from raw.t where a > 0), final as (select id, b * 2 as c from __dbt__cte__eph) select * from final
