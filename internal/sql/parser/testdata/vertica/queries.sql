-- Vertica: LIMIT OVER, TIMESERIES, MATCH, event windows, flex tables, comments on hints
select a, b from t limit 2 over (partition by a order by b desc);
select slice_time, symbol, ts_first_value(bid, 'linear') as first_bid from tick where symbol = 'XYZ' timeseries slice_time as '3 seconds' over (partition by symbol order by ts);
select uid, conditional_true_event(ts - lag(ts) > '30 seconds') over (partition by uid order by ts) as session from clicks;
select x::!int, datediff('day', a, b), interval '1 day', a ^ 2, 'abc' || e'\n', qualify, top from t;
at epoch latest select a from t where a ilike 'x%' and b between symmetric 1 and 2;
with /*+ENABLE_WITH_CLAUSE_MATERIALIZATION*/ x as (select a from t) select /*+ label(x) */ a from x except select a from u;
select a, explode(items) over (partition best) from t timeseries;
select t1.a from t1 left join t2 on t1.ts interpolate previous value t2.ts and t1.a = t2.a;
create table v as select a from t segmented by hash(a) all nodes;
