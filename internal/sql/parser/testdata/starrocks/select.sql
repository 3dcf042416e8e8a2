select a, date_trunc('day', b), array_map(x -> x + 1, arr), cast('1' as array<int>), map{1: 'a'}, named_struct('a', 1), bitmap_count(c), json_query(j, '$.a'), j -> 'b'
from db.t, unnest(arr) as u(x) left join [broadcast] v on v.id = t.id
where a = "x" qualify row_number() over (partition by a order by b) = 1;
create materialized view mv distributed by hash(a) refresh async as select a, sum(b) as s from t group by a;
