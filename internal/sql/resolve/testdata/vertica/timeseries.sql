-- table tick: ts timestamp, symbol varchar, bid float
select slice_time, symbol, ts_first_value(bid, 'linear') as first_bid, bid::!int from tick where symbol = 'XYZ' timeseries slice_time as '3 seconds' over (partition by symbol order by ts)
