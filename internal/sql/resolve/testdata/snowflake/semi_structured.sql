-- table T: V variant
select v:a.b[0].c::int as x, v['k']:m as y, parse_json(v):q as z from t
