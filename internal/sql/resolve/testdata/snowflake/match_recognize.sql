-- table TICKS: SYM text, TS timestamp, PRICE int
select * from ticks match_recognize (partition by sym order by ts measures first(a.price) as start_price, last(b.price) as end_price one row per match pattern (a b+) define b as b.price > lag(b.price))
