declare @x int = 1, @t table (a int, b int)
set @x = (select max(a) from t)
with c as (select * from s) insert into t (a, b) output inserted.a into @t select a, b from c
if @x > 1
begin
  update t set a = s.a, b += 1 from t join s on t.id = s.id where s.x = 1
  delete t from t join s on s.id = t.id
end
else
  select @x = a from t
merge dbo.t as t using s on t.id = s.id when matched then update set a = s.a when not matched by target then insert (a) values (s.a) when not matched by source then delete output $action, inserted.a;
exec sp_help
go
create or alter procedure p @a int = 1, @b varchar(10) output as
begin
  begin try insert into u select a from v end try begin catch throw end catch
  while @a < 3 begin set @a = @a + 1 end
end
go
create view v as select 1 as a
