-- ClickHouse, table function values: an optional structure, then rows
select person, place from values('person String, place Tuple(a String, b Decimal(10, 2))', ('Noah', ('x', 1)), ('Bob', ('y', 2))) v;
select * from values((1, 'a'), (2, 'b'));
select * from values(1, 2, 3);
select * from values('a', 'b');
insert into t (a, b) values ('a String', 1), ('b', 2);
