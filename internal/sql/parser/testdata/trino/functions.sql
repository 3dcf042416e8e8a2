-- Trino: inline functions
with function doubled(x integer) returns integer deterministic return x * 2 with t as (select a from u) select doubled(a) from t;
with function f(a bigint) returns varchar with (weight = 42) begin if a = 0 then return 'zero'; end if; return 'other'; end select f(a) from t;
