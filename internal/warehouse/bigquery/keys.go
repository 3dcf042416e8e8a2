package bigquery

import (
	"context"

	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// foreignKey is where a foreign key is, with the places of its columns in the primary key that it names.
type foreignKey struct {
	table  *warehouse.Table
	n      int // of the constraint
	places []int64
}

func (p *Project) keys(ctx context.Context, of warehouse.Schema, tables map[string]*warehouse.Table) error {
	primary := map[string][]string{} // columns by table
	var foreign []foreignKey
	last := ""
	for r, err := range p.in(ctx, keysQuery, of) {
		if err != nil {
			return err
		}
		t := tables[r.text("table_name")]
		if t == nil {
			continue
		}
		isPrimary := r.text("constraint_type") == "PRIMARY KEY"
		if key := t.Name + "\x00" + r.text("constraint_name"); key != last {
			last = key
			k := warehouse.Constraint{Type: warehouse.PrimaryKey, Name: r.text("constraint_name")}
			if !isPrimary {
				k.Type, k.ToSchema, k.ToTable = warehouse.ForeignKey, r.text("to_schema"), r.text("to_table")
				foreign = append(foreign, foreignKey{table: t, n: len(t.Constraints)})
			}
			t.Constraints = append(t.Constraints, k)
		}
		k := &t.Constraints[len(t.Constraints)-1]
		k.Columns = append(k.Columns, r.text("column_name"))
		if isPrimary {
			primary[t.Name] = k.Columns
		} else if n := r.number("position"); n != nil && len(foreign) > 0 {
			f := &foreign[len(foreign)-1]
			f.places = append(f.places, *n)
		}
	}
	for _, f := range foreign {
		f.target(of.Name, primary)
	}
	return nil
}

// target sets the columns that a foreign key names: they are the primary key of its target, which is known within the
// dataset.
func (f foreignKey) target(dataset string, primary map[string][]string) {
	k := &f.table.Constraints[f.n]
	if k.ToSchema != dataset || len(f.places) != len(k.Columns) {
		return
	}
	of := primary[k.ToTable]
	var names []string
	for _, n := range f.places {
		if n < 1 || int(n) > len(of) {
			return
		}
		names = append(names, of[n-1])
	}
	k.ToColumns = names
}
