with a as (select * from raw.t), b as (select *, 1 as one from a) select id, one, name from b where kind = 'x'
