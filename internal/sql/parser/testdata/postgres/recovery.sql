select a, b ~~~ ! c as odd, d from t where e = 1;
select f(x y z, w) as g, h from t;
select {{ jinja }} as j, k from {{ ref('model') }} as m;
select case when a then b otherwise c end as d, e from t;
select a from t where select;
select 'never closed from t
