with d as (select unique.* from (select array_agg(original order by ts desc limit 1)[offset(0)] as unique from src as original group by id)) select id, v from d
