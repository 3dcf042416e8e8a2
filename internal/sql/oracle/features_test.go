package oracle

import (
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/sql/lineagecase"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// featureTables have columns of many types.
var featureTables = lineagecase.Tables{
	{Name: "p", Columns: []resolve.Column{
		{Name: "id", Type: "integer"},
		{Name: "name", Type: "text"},
		{Name: "ts", Type: "timestamp"},
		{Name: "xs", Type: "integer[]"},
		{Name: "ys", Type: "text[]"},
		{Name: "doc", Type: "jsonb"},
		{Name: "n", Type: "numeric"},
		{Name: "ok", Type: "boolean"},
		{Name: "Odd Name", Type: "text"},
	}},
	{Name: "q", Columns: []resolve.Column{
		{Name: "id", Type: "integer"}, {Name: "p_id", Type: "integer"}, {Name: "v", Type: "numeric"}, {Name: "label", Type: "text"}, {Name: "at", Type: "date"}, {Name: "d", Type: "xml"},
	}},
	{Name: "r", Columns: []resolve.Column{{Name: "id", Type: "integer"}, {Name: "v", Type: "numeric"}, {Name: "w", Type: "numeric"}}},
}

// features are statements of PostgreSQL, one a line but for those that end in \.
const features = `
select * from p
select p.*, q.v from p left join q on q.p_id = p.id
select id, v, w from q full join r using (id, v)
select * from q natural join r
select * from q natural full join r
select * from (q join r using (id)) as j
select j.id, j.v from (q join r using (id)) as j (id, p_id, v, label, at, d, rv)
select x.* from q as x (a, b) join r on x.a = r.id
select j.id, q.label from q join r using (id) as j
select u.e, u.k from p, unnest(p.xs, p.ys) as u (e, k)
select u.e, u.i from p cross join lateral unnest(xs) with ordinality as u (e, i)
select e from p, unnest(xs) e where e > 1
select e, p.name from p, unnest(ys) as e
select g from p, generate_series(1, p.id) g
select g.a, g.b from p, rows from (generate_series(1, p.id), unnest(p.ys)) with ordinality as g (a, b, o)
select k, v from p, jsonb_each(p.doc) as kv (k, v)
select kv.key, kv.value, key from p, jsonb_each_text(p.doc) as kv
select x.a, x.b from p, jsonb_to_record(p.doc) as x (a int, b text)
select x.a from p, jsonb_to_recordset(p.doc -> 'list') as x (a int, b text) where x.b = 'z'
select value ->> 'k' as k from p, jsonb_array_elements(p.doc -> 'items')
select doc -> 'a' ->> 'b', doc #>> '{a,b}', (doc -> 'c')::int, doc ? 'x' from p where doc @> '{}'
select xs[1], xs[1:2] as part, ys[id], array_length(xs, 1), (xs || id)[1] from p
select array(select v from q where q.p_id = p.id) as vs, exists (select 1 from r where r.id = p.id) as e from p
select (select row(v, label)::text from q where q.id = p.id) as whole from p
select (p).name, (p.*)::text from p
select to_jsonb(p) - 'id' as j, row_to_json(q) from p, q
select count(p), count(*), count(distinct (p.id, p.name)) from p
select distinct on (name) name, ts from p order by name, ts desc, n
select name, sum(n) from p group by 1 order by 2
select name as nm, sum(n) as s from p group by nm having sum(n) > 1 order by nm, s
select name, ok, sum(n), grouping(name) from p group by grouping sets ((name, ok), (name), ())
select name, ok, count(*) from p group by rollup (name, ok), cube (id)
select upper(name) as u, max(ts) from p group by upper(name)
select sum(n) over w, rank() over (w order by ts), lag(n, id) over (partition by ok order by ts rows between 1 preceding and current row) from p window w as (partition by name)
select row_number() over (), first_value(n) over (order by ts desc), ntile(4) over (partition by ok order by id) as t from p
select percentile_cont(0.5) within group (order by n), mode() within group (order by name), string_agg(name, ',' order by ts), array_agg(id order by n) filter (where ok) from p
select sum(n) filter (where id > 1) / nullif(count(*) filter (where ok), 0) as share from p
select case name when 'a' then id when 'b' then n else 0 end as c, case when ok then ts end from p
select coalesce(name, "Odd Name"), nullif(id, 0), greatest(id, n), least(id), name || "Odd Name" || id::text as cat from p
select id::text, cast(n as integer), n::numeric(10, 2), '1'::int, date '2020-01-01', interval '1 day', current_date, now(), true, null, 1.5, 'x' from p limit 1
select extract(year from ts), date_trunc('month', ts), ts at time zone 'UTC' as z, ts + interval '1 day' as t2, age(ts), date_part('day', ts) from p
select substring(name from 1 for id), position('a' in name), trim(both 'x' from name), overlay(name placing 'a' from id), name similar to 'a', name ~ 'x' as m, name like "Odd Name" from p
select id between 1 and n as b, id in (1, 2) as i, name is null, ok is not true, id is distinct from n as d, not ok as nt, -id as neg, id = any(xs) as a from p
select id in (select p_id from q where v > 1) as i, (id, name) in (select p_id, label from q) as pair, id > all (select v from q) as al from p
select (select max(v) from q where q.p_id = p.id and q.at > (select min(ts) from p as p2 where p2.name = p.name)) as m from p
select p.id, l.s from p cross join lateral (select sum(v) as s from q where q.p_id = p.id) l
select p.id, l.s, m.t from p left join lateral (select max(v) as s from q where q.p_id = p.id) l on true left join lateral (select l.s + p.n as t) m on true
select id from p union select p_id from q except select id from r
select id, name from p union all (select id, label from q order by v limit 1) order by 2
select id from p intersect select id from q union all select id from r
(select id from p) union (select id from q intersect select id from r) order by id
values (1, 'a'), (2, 'b')
select a, b from (values (1, 'x'), (2, 'y')) as t (a, b) join p on p.id = t.a
select column1, column2 from (values (1, 2)) as t
with a as (select id, n from p), b as (select a.id, q.v from a join q on q.p_id = a.id) select b.id, b.v + a.n as s from b join a using (id)
with a (x, y) as (select id, name from p), unused as (select v from q) select y from a where x > 1
with a as materialized (select * from p), b as not materialized (select * from a) select b.id, "Odd Name" from b
with recursive t (id, depth, path) as (select id, 1, array[id] from p where name = 'x' union all select q.id, t.depth + 1, t.path || q.id from q join t on q.p_id = t.id where q.v > t.depth) select id, depth, path from t
with recursive n as (select 1 as i union all select i + 1 from n where i < 5) select i, p.name from n left join p on p.id = n.i
with p as (select id from q) select id from p
with x as (with y as (select v from r) select v + 1 as v1 from y) select v1 from x
select x.total from (select sum(v) as total, label from q group by label) x where x.label = 'a'
select s.* from (select p.id, q.v from p, q where p.id = q.p_id) s, r where r.id = s.id
select a.id as aid, b.id as bid, a.name from p a join p b on a.id = b.id + 1
select p.id from p, q, r where p.id = q.p_id and q.id = r.id and r.w > (select avg(w) from r)
select "Odd Name" as "Out Name", p."Odd Name" || 'x' from p
select id as "ID", name as "a b" from p order by "ID"
select n as id, id as n from p order by id
select sum(v) as v from q group by id order by sum(v)
select id, count(*) over (partition by name) as c, sum(count(*)) over () as t from p group by id, name
select max(v) - min(v) as spread, bool_and(v > 1), every(id > 0), array_agg(distinct label), json_object_agg(label, v) from q
select t.a, t.b from p, xmltable('/r' passing (select d from q limit 1) columns a int path 'a', b text path 'b') as t
select xt.a, q.id from q, xmltable('/r/x' passing q.d columns a int path '@a') as xt
select ctid, tableoid::regclass as t, id from p
select p from p
select x::text from (select id from q) x
select f.* from p, lateral (select p.id + 1 as i, p.name as nm) f
select md5(name) as h, encode(sha256(name::bytea), 'hex') from p
select id from p where (id, name) = (select id, label from q limit 1)
select id from p where n > 0 and exists (select from q where q.p_id = p.id and q.v = p.n) or name in ('a')
select id, v from q order by v desc nulls last, (select max(w) from r) limit 5 offset 1
select id from only p tablesample bernoulli (10)
select id from p for update
select regexp_split_to_table(name, ','), unnest(xs) as x, generate_series(1, id) from p
select count(*) from p join q on q.p_id = p.id join r on r.id = p.id
select string_to_array(name, ',') as parts, (string_to_array(name, ','))[1] as first from p
select collation for (name) as c, name collate "C" as nc from p
select id, lead(ts) over (partition by name order by ts) - ts as gap from p
select json_build_object('id', id, 'list', json_agg(name order by ts)) as j from p group by id
select make_date(id, 1, 1), to_char(ts, 'YYYY'), to_date(name, 'YYYY'), round(n, id) from p
select sum(case when ok then n else 0 end) as s, count(case when name = 'a' then 1 end) as c from p
`

// TestFeatures compares statements that use what PostgreSQL has.
func TestFeatures(t *testing.T) {
	s := startServer(t)
	n := 0
	for sql := range strings.SplitSeq(strings.TrimSpace(features), "\n") {
		n++
		found, err := s.truthOf(t.Context(), featureTables, "", sql)
		if err != nil {
			t.Errorf("%s: %v", sql, err)
			continue
		}
		for _, d := range compare(found, featureTables, "", sql) {
			t.Errorf("%s\n  %s: %s; %s", sql, d.column, d.want, d.got)
		}
	}
	t.Logf("%d statements compared", n)
}
