package oracle

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/lineagecase"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// lab is SQLite with the generated tables and small random numbers in them.
type lab struct {
	db     *sql.DB
	random *rand.Rand
}

const labRows = 4

func newLab(t *testing.T, seed uint64) *lab {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	l := &lab{db: db, random: rand.New(rand.NewPCG(seed, 11))}
	for _, table := range generatedTables {
		var columns []string
		for _, c := range table.Columns {
			columns = append(columns, c.Name+" integer")
		}
		l.must(t, "create table "+table.Name+" ("+strings.Join(columns, ", ")+")")
		for range labRows {
			l.must(t, "insert into "+table.Name+" default values")
		}
	}
	return l
}

func (l *lab) must(t *testing.T, statement string) {
	t.Helper()
	if _, err := l.db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// fill gives all rows of a column new numbers, few of them NULL.
func (l *lab) fill(t *testing.T, table, column string) {
	statement := "update " + table + " set " + column + " = case rowid"
	for row := 1; row <= labRows; row++ {
		value := fmt.Sprint(l.random.IntN(7) - 1)
		if l.random.IntN(10) == 0 {
			value = "null"
		}
		statement += fmt.Sprintf(" when %d then %s", row, value)
	}
	l.must(t, statement+" end")
}

// run gives the values of each output, sorted: the order of rows is nobody's.
func (l *lab) run(ctx context.Context, query string) (columns [][]string, err error) {
	rows, err := l.db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	columns = make([][]string, len(names))
	values, into := make([]sql.NullString, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	for n := 0; rows.Next(); n++ {
		if n > maxRows {
			return nil, errTooMany
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for i, v := range values {
			columns[i] = append(columns[i], fmt.Sprint(v.Valid, v.String))
		}
	}
	for i := range columns {
		sort.Strings(columns[i])
	}
	return columns, rows.Err()
}

const maxRows = 300

// slowest bounds one round of one query, so that a large join costs a query and no more.
const slowest = 5 * time.Second

var errTooMany = fmt.Errorf("more than %d rows", maxRows)

// claims is what the engine says of a query: for each output the columns that it
// depends on, and the columns that decide the rows.
type claims struct {
	outputs []map[string]bool
	rows    map[string]bool
}

func claimsOf(query string) claims {
	d, _ := dialect.ByName("sqlite")
	script, _ := parser.Parse(query, d, parser.Options{})
	result := resolve.Query(context.Background(), script, d, lineagecase.NewCatalog(generatedTables, "", ""), resolve.Options{})
	c := claims{rows: map[string]bool{}}
	for i := range result.Outputs {
		from := map[string]bool{}
		for _, e := range result.Outputs[i].Edges {
			if e.Table != nil {
				from[e.Table.String()+"."+e.Column] = true
			}
		}
		c.outputs = append(c.outputs, from)
	}
	for _, u := range result.Indirect {
		c.rows[u.Table.String()+"."+u.Column] = true
	}
	return c
}

// TestPerturbation changes one column after the other and looks at what moves.
// Each output that moves must have an edge from the column, unless the column
// decides the rows, which may move anything.
func TestPerturbation(t *testing.T) {
	queries := 80
	if os.Getenv("THALWEG_LONG") != "" {
		queries = 2000
	}
	l := newLab(t, 1)
	var checked, still, edges, moved int
	for seed := range queries {
		query, width := drawn(uint64(seed), 1)
		c := claimsOf(query)
		if len(c.outputs) != width {
			t.Fatalf("seed %d: %d outputs, %d were drawn\n%s", seed, len(c.outputs), width, query)
		}
		seen := make([]map[string]bool, width) // what was seen to move each output
		for i := range seen {
			seen[i] = map[string]bool{}
		}
		if !l.perturb(t, query, c, seen) {
			continue
		}
		checked++
		if !slices.ContainsFunc(seen, func(m map[string]bool) bool { return len(m) > 0 }) {
			still++ // no rows, ever: conditions that contradict each other
			continue
		}
		for i, from := range c.outputs {
			for column := range from {
				edges++
				if seen[i][column] {
					moved++
				}
			}
		}
	}
	if checked < queries/2 {
		t.Errorf("%d of %d queries ran; too few", checked, queries)
	}
	share := float64(moved) / float64(max(edges, 1))
	t.Logf("%d queries, nothing moves in %d; of %d edges of the others %d move their output (%.1f %%)", checked, still, edges, moved, 100*share)
	if still > checked/5 {
		t.Errorf("nothing moves in %d of %d queries; too many", still, checked)
	}
	if share < leastMoved {
		t.Errorf("%.1f %% of the edges move their output, at least %.0f %% did before: some may be invented", 100*share, 100*leastMoved)
	}
}

// leastMoved is the share of edges that a few changes of small tables bring to
// light. The rest is true but hidden: the second value of coalesce, a test whose
// branches give the same, rows that a join or EXCEPT leaves out, max over values
// that another column rules.
const leastMoved = 0.88

// A query is tried with other data until each edge was seen to move its output, or
// so many times.
const (
	leastRounds = 3
	mostRounds  = 25
)

func allSeen(c claims, seen []map[string]bool) bool {
	for i, from := range c.outputs {
		for column := range from {
			if !seen[i][column] {
				return false
			}
		}
	}
	return true
}

// perturb tells whether the query could be run. It notes in seen what moved.
func (l *lab) perturb(t *testing.T, query string, c claims, seen []map[string]bool) bool {
	for round := 0; round < mostRounds && (round < leastRounds || !allSeen(c, seen)); round++ {
		for _, table := range generatedTables {
			for _, column := range table.Columns {
				l.fill(t, table.Name, column.Name)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), slowest)
		defer cancel()
		before, err := l.run(ctx, query)
		if err != nil {
			t.Logf("not run: %v", err)
			return false
		}
		for _, table := range generatedTables {
			for _, column := range table.Columns {
				l.fill(t, table.Name, column.Name)
				after, err := l.run(ctx, query)
				if err != nil {
					t.Logf("not run: %v", err)
					return false
				}
				name := table.Name + "." + column.Name
				for i := range after {
					if slices.Equal(before[i], after[i]) {
						continue
					}
					seen[i][name] = true
					if !c.outputs[i][name] && !c.rows[name] {
						t.Errorf("%s moves output %d, which has no edge from it: %v\n%s", name, i+1, c.outputs[i], query)
						return true
					}
				}
				before = after
			}
		}
	}
	return true
}
