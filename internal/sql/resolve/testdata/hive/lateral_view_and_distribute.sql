-- table t: a int, xs array<int>, m map<string,int>
select a, x, m['k'] as k, count(1) from t lateral view explode(xs) e as x distribute by a sort by x
