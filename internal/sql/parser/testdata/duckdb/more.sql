-- DuckDB: LIMIT in percent, MERGE with USING
select a from t limit 10%;
select a % 2 as m from t limit 10% offset 1;
merge into people using (select 1 as id, 2 as salary) as s using (id) when matched then update set salary = s.salary;
