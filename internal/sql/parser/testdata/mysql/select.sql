select straight_join a.`x y`, "str" as s, 'al' 'ias', if(a, b, c), group_concat(distinct x order by y desc separator ';'), a -> '$.x', a ->> '$.y',
       date_add(day, interval 1 + 1 day), timestampdiff(month, a.month, b), @v := @v + 1, a regexp '^x', a xor b, a div b, a mod b, a && b, !a, convert(x using utf8mb4),
       convert(x, char), binary x, x is null, match (a) against ('x' in boolean mode), _utf8'x', cast(x as unsigned), extract(year_month from d), 0x1F, 1e3
from t use index (i) partition (p0), u force index for join (k) # comment
left join (v, w) on v.id = t.id
join json_table(t.doc, '$[*]' columns (id for ordinality, n varchar(10) path '$.n' default '0' on empty, nested path '$.k[*]' columns (z int path '$'))) as jt
where a like 'x' -- end
group by a, b with rollup
having s > 1
order by null
limit 5, 10
lock in share mode;
insert ignore into t (a, b) values (1, default), (2, 3) as new on duplicate key update a = values(a), b = new.b;
insert into t set a = 1, b = c;
replace into t select * from u;
update t join u on t.id = u.id set t.a = u.a where u.b = 1 order by t.a limit 1;
delete t from t inner join u on t.id = u.id where u.x;
