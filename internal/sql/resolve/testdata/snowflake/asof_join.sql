-- table A: TS int, X int
-- table B: TS int, Y int
select x, y from a asof join b match_condition (a.ts >= b.ts)
