-- table A: ID number, X number
-- table B: ID number, Y number
select a.x, b.y, nvl(b.y, 0) yy, decode(a.x, 1, b.y, 0) dd from a, b where a.id = b.id(+)
