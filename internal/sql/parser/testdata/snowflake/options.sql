-- Snowflake: sampling methods, directed joins, CHANGES, stages with options, models, IDENTIFIER, DATE_PART as EXTRACT, NTH_VALUE FROM LAST
select a from t sample block (0.5) seed (42) cross directed join u inner directed join v using (id);
select nth_value(x, 2) from last respect nulls over (partition by id order by d), date_part(month from d), identifier('my_func')(a, 2), m!predict(input_data => {*}), cast(o as object(x char) rename fields) from t changes (information => append_only) at (stream => 's1') end (timestamp => $ts2);
select $1 from '@stage/path' (file_format => 'csv') s;
