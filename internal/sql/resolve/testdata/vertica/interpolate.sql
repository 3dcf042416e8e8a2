-- table a: ts timestamp, x int
-- table b: ts timestamp, y int
select a.x, b.y, datediff('day', a.ts, b.ts) from a left join b on a.ts interpolate previous value b.ts limit 2 over (partition by a.x order by b.y)
