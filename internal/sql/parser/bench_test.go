package parser_test

import (
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/lexer"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// BenchmarkCorpus parses all real texts once per iteration.
func BenchmarkCorpus(b *testing.B) {
	list := corpus(b)
	size := int64(0)
	for _, s := range list {
		size += int64(len(s.sql))
	}
	b.SetBytes(size)
	b.ReportAllocs()
	var memory parser.Memory
	for b.Loop() {
		for _, s := range list {
			parser.Parse(s.sql, dialectOf(s.adapter), parser.Options{Memory: &memory})
		}
	}
}

const benchmarkModel = `
with orders as (
    select * from "analytics"."staging"."stg_orders"
), customers as (
    select id as customer_id, first_name, last_name, coalesce(email, 'none') as email
    from "analytics"."staging"."stg_customers" where deleted_at is null
), joined as (
    select o.order_id, o.ordered_at, c.customer_id, c.first_name || ' ' || c.last_name as full_name,
           case when o.amount > 100 and o.status in ('paid', 'shipped') then 'large' else 'small' end as size,
           sum(o.amount) over (partition by c.customer_id order by o.ordered_at rows between unbounded preceding and current row) as running,
           cast(o.amount as numeric(12, 2)) * 1.2 as gross
    from orders as o left join customers as c on o.customer_id = c.customer_id
)
select customer_id, full_name, count(distinct order_id) as orders, max(ordered_at) as last_order from joined
where size = 'large' group by 1, 2 having count(*) > 3 order by orders desc limit 100
`

// BenchmarkModel parses one ordinary model.
func BenchmarkModel(b *testing.B) {
	d, _ := dialect.ByName("postgres")
	b.SetBytes(int64(len(benchmarkModel)))
	b.ReportAllocs()
	for b.Loop() {
		parser.Parse(benchmarkModel, d, parser.Options{})
	}
}

// BenchmarkUnions parses a generated text of some hundred kilobytes.
func BenchmarkUnions(b *testing.B) {
	sql := strings.Repeat("select a.id, a.name, 'x' as kind from schema_one.table_one as a where a.id > 10\nunion all\n", 4000) + "select 1, 2, 3"
	b.SetBytes(int64(len(sql)))
	b.ReportAllocs()
	for b.Loop() {
		parser.Parse(sql, dialect.Default, parser.Options{})
	}
}

// BenchmarkLexer reads the tokens of one ordinary model.
func BenchmarkLexer(b *testing.B) {
	d, _ := dialect.ByName("postgres")
	b.SetBytes(int64(len(benchmarkModel)))
	for b.Loop() {
		l := lexer.New(benchmarkModel, 0, len(benchmarkModel), d)
		for l.Next().Kind != token.EOF {
		}
	}
}
