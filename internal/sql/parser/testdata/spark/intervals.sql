-- Spark: intervals of several units, variables, collations, DISTRIBUTE BY behind a union
select interval 5 hours 30 minutes 5 seconds, interval '5' days '6' hours + d, ${hiveconf:x}, cast(a as string collate UTF8_BINARY) from ${db}.t;
(select a from t union select b from u) distribute by a sort by a desc;
