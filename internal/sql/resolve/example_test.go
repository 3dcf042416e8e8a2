package resolve_test

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// shop is a Schema of two tables. A real one folds names by the dialect's rules.
type shop map[string][]resolve.Column

func (s shop) Columns(table []resolve.Name) ([]resolve.Column, bool) {
	columns, ok := s[table[len(table)-1].Text]
	return columns, ok
}

// A statement is parsed, then resolved against the columns of the tables it reads.
func ExampleQuery() {
	const statement = `
		with paid as (select * from payments where status = 'paid')
		select o.id as order_id, sum(paid.amount) as total
		from orders as o
		join paid on paid.order_id = o.id
		group by o.id`
	schema := shop{
		"orders":   {{Name: "id", Type: "bigint"}},
		"payments": {{Name: "order_id", Type: "bigint"}, {Name: "amount", Type: "numeric"}, {Name: "status", Type: "text"}},
	}

	postgres, _ := dialect.ByName("postgres")
	script, diagnostics := parser.Parse(statement, postgres, parser.Options{})
	result := resolve.Query(context.Background(), script, postgres, schema, resolve.Options{})

	fmt.Println("diagnostics:", len(diagnostics)+len(result.Diagnostics))
	for _, output := range result.Outputs {
		for _, e := range output.Edges {
			if e.Kinds.IsValue() {
				fmt.Printf("%s <- %s.%s (%s)\n", output.Name, e.Table, e.Column, e.Kinds)
			}
		}
	}
	for _, use := range result.Indirect {
		fmt.Printf("rows <- %s.%s (%s)\n", use.Table, use.Column, use.Kinds)
	}
	// Output:
	// diagnostics: 0
	// order_id <- orders.id (rename)
	// total <- payments.amount (aggregate)
	// rows <- payments.status (filter)
	// rows <- payments.order_id (join)
	// rows <- orders.id (join+group)
}
