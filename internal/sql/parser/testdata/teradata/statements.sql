-- Teradata, SQL Data Manipulation Language: SEL, LOCKING, QUALIFY, SAMPLE, phrases, comparison words
locking row for access sel a, b (format 'YYYY-MM-DD') as d, c (title 'Total'), e (integer) as n, f (decimal(10, 2), format 'Z9') from db.t where a eq 1 and b ne 'x' or c ge 2 minus sel a, b, c, d, e from u;
lock table db.t for access select top 10 with ties a from db.t order by a;
with x as (sel a from t) sel a le, b from x where a lt 3 and a gt 1 and a le 2 qualify row_number() over (partition by a order by b desc) = 1;
select a, a * 2 as twice, twice + 1 as more from t where twice > 1 sample 10;
sel count(*) from (sel distinct a from t) d group by 1 having count(*) gt 1;
create view v as locking t for access select a, zeroifnull(b) as b, a mod 2 as m, cast(c as date format 'YYYYMMDD') as d, c || '-' || a as k, casespecific from t;
create multiset volatile table vt as (sel a, b from t) with data primary index (a) on commit preserve rows;
ins into t (a) sel b from u;
del from t where a = 1;
select sel.a, sel, ins from sel where sel.b = 1;
