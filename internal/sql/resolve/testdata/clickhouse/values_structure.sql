-- table t: a Int32
select v.person, place, t.a from values('person String, place Tuple(x String, y Int8)', ('Noah', 'Paris')) v, t
