select upper(name) as name, name || 'x' as n2, x + 1 as y, y * 2 as z from t
