-- Redshift: EXCLUDE behind the list of projections
select *, 4 as col4 exclude (col2, col3) from t;
select t.*, u.a exclude b, c from t join u on t.id = u.id;
select attr, val from orders as o, unpivot o.attrs as val at attr where c is not null;
