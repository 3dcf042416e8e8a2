-- table s: a int, b int
create temp table step as select a + b as ab, a from s;
create table final as select ab, step.a as c from step where ab > 0;
