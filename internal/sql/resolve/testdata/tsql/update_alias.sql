-- table tab1: id int, c int
-- table tab2: id int, c int
update t set t.c = s.c from tab1 t join tab2 s on t.id = s.id
