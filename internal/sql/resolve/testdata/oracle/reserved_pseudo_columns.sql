-- LEVEL and ROWNUM are reserved: docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Oracle-SQL-Reserved-Words.html
select level as n, rownum as r, "LEVEL" as own, x from t connect by level < 5
