package lineagecase

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// Tables are tables with their columns, in the order of the text:
// {"table": {"column": "type"}}.
type Tables []TableColumns

// TableColumns is one table.
type TableColumns struct {
	Name    string
	Columns []resolve.Column
}

// UnmarshalJSON reads the object and keeps its order.
func (t *Tables) UnmarshalJSON(data []byte) error {
	*t = nil
	if bytes.Equal(data, []byte("null")) {
		return nil
	}
	return eachMember(data, func(name string, value json.RawMessage) error {
		table := TableColumns{Name: name}
		err := eachMember(value, func(column string, typ json.RawMessage) error {
			var text *string
			if err := json.Unmarshal(typ, &text); err != nil {
				return fmt.Errorf("type of column %s: %w", column, err)
			}
			c := resolve.Column{Name: column}
			if text != nil {
				c.Type = *text
			}
			table.Columns = append(table.Columns, c)
			return nil
		})
		if err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
		*t = append(*t, table)
		return nil
	})
}

// eachMember calls f for each member of a JSON object, in order.
func eachMember(data []byte, f func(string, json.RawMessage) error) error {
	d := json.NewDecoder(bytes.NewReader(data))
	start, err := d.Token()
	if err != nil {
		return err
	}
	if start != json.Delim('{') {
		return fmt.Errorf("an object is expected, not %v", start)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		if err := f(key.(string), value); err != nil {
			return err
		}
	}
	return nil
}

// Catalog answers for the tables of a case. Names match when they are equal or
// one is the dotted tail of the other.
type Catalog struct {
	byLast           map[string][]catalogTable
	database, schema string
}

type catalogTable struct {
	parts   []string
	columns []resolve.Column
}

// NewCatalog indexes tables. Database and schema complete names that lack them;
// both may be empty.
func NewCatalog(tables Tables, database, schema string) *Catalog {
	c := &Catalog{byLast: make(map[string][]catalogTable, len(tables)), database: database, schema: schema}
	for _, t := range tables {
		parts := splitName(t.Name)
		if len(parts) == 0 {
			continue
		}
		last := parts[len(parts)-1]
		c.byLast[last] = append(c.byLast[last], catalogTable{parts: parts, columns: t.Columns})
	}
	return c
}

// Columns implements resolve.Schema.
func (c *Catalog) Columns(table []resolve.Name) ([]resolve.Column, bool) {
	var parts []string
	for _, p := range table {
		parts = append(parts, strings.Split(strings.ToLower(p.Text), ".")...)
	}
	if len(parts) == 0 {
		return nil, false
	}
	full := c.complete(parts)
	var best []resolve.Column
	longest := 0
	for _, t := range c.byLast[parts[len(parts)-1]] {
		n := commonTail(full, t.parts)
		if n > longest && (n == len(t.parts) || n >= len(parts)) {
			best, longest = t.columns, n
		}
	}
	return best, longest > 0
}

// complete puts the default database and schema in front.
func (c *Catalog) complete(parts []string) []string {
	if len(parts) == 1 && c.schema != "" {
		parts = append([]string{strings.ToLower(c.schema)}, parts...)
	}
	if len(parts) == 2 && c.database != "" {
		parts = append([]string{strings.ToLower(c.database)}, parts...)
	}
	return parts
}

// commonTail is the number of equal parts at the end.
func commonTail(a, b []string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// splitName cuts a dotted name, quoted or not, into folded parts. Dots inside
// quotes cut as well.
func splitName(text string) []string {
	var parts []string
	for _, p := range strings.Split(unquoted.Replace(text), ".") {
		if p != "" {
			parts = append(parts, strings.ToLower(p))
		}
	}
	return parts
}

var unquoted = strings.NewReplacer("`", "", `"`, "", "[", "", "]", "")
