-- table t: a int, b int, c date, d decimal
-- table u: a int, b int, c date, d decimal
sel a (title 'Key') , b (integer), c (format 'YYYY'), d mod 2 as m, d + 1 as d2, d2 * 2 as d4 from t where a eq 1 and d2 gt 3 minus sel a, b, c, d, 1, 2 from u
