-- Oracle: database links, differences as intervals
select a, (systimestamp - d) day(9) to second(3) as age from t@link.domain x where b = 1;
