create or replace transient table db.s.t copy grants cluster by (a) as with x as (select 1 as a) select * from x;
create or replace view v (a comment 'first', b) comment = 'c' as select a, b from t;
create dynamic table d target_lag = '1 minute' warehouse = w as select * from t;
create table a clone b;
insert overwrite into t (a, b) select a, b from s;
insert all when x > 1 then into a (p) values (x) else into b select x from s;
merge into t using (select * from s) s on t.id = s.id
when matched and s.del then delete
when matched then update set t.a = s.a, b = s.b
when not matched then insert (id, a) values (s.id, s.a);
copy into t (a, b) from (select $1, $2:x from @st) file_format = (type = csv);
update t set a = s.a from s where t.id = s.id;
create or replace procedure p() returns string language sql as $$
declare x int default 1;
begin
  let y := (select max(a) from t);
  for r in (select * from u) do insert into v select r.a; end for;
  if (x > 1) then insert into w (a) select a from t; elseif (y = 2) then delete from w; else return 'no'; end if;
  return 'ok';
end $$;
delete from t using s where t.id = s.id;
select a, b, from t;
