-- table t: id int64, a int64, kind string
-- table u: id int64, b int64
from t |> where kind = 'x' |> join u using (id) |> extend a + b as ab |> set a = a * 2 |> drop kind |> aggregate sum(ab) as total, max(a) as top group by id |> rename total as sum_total |> order by id |> where sum_total > 1
