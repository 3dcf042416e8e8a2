-- table t: id int, m map<string,int>, l array<int>
select id, k, v, pos, e from t lateral view explode(m) mm as k, v lateral view outer posexplode(l) ll as pos, e
