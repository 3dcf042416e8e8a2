package inspect

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// CatalogStats are the counts of a catalog.
type CatalogStats struct {
	Origin
	TablesNodes           int    `json:"tables_nodes"`
	TablesSources         int    `json:"tables_sources"`
	ColumnsCatalogNodes   int    `json:"columns_catalog_nodes"`
	ColumnsCatalogSources int    `json:"columns_catalog_sources"`
	ColumnsCatalog        int    `json:"columns_catalog"`
	MaxColumns            int    `json:"max_columns"`
	Errors                *int   `json:"errors"`      // nil where there is no list
	TableTypes            Counts `json:"table_types"` // the eight most frequent
	Owners                int    `json:"owners"`
	DatabaseNull          int    `json:"database_null"`
	StatsWithRows         int    `json:"stats_with_rows"`
	ColumnTypes           Counts `json:"column_types"`
	TypeNull              int    `json:"type_null"`
	UpperColumns          int    `json:"upper_columns"`
	KeyNotName            int    `json:"key_not_name"`
	Oddities              Counts `json:"oddities,omitempty"`
}

// tableTally is what is remembered of one table of a catalog.
type tableTally struct {
	id         string
	tableType  string
	owner      string // JSON; "" for none
	noDatabase bool
	rows       bool
	types      []int32 // of the columns: places in catalogTally.types
	names      []string
	noType     int
	upper      int
	otherName  int
}

// catalogTally tallies the tables of a catalog.
type catalogTally struct {
	sections map[string][]*tableTally
	at       map[string]int
	typeAt   map[string]int32
	types    []string
	errors   int // elements of errors; -1 where it is not a list
}

func (c *catalogTally) begin(section string, kind jsontext.Kind) {
	if c.sections == nil {
		c.sections, c.at, c.typeAt, c.errors = map[string][]*tableTally{}, map[string]int{}, map[string]int32{}, -1
	}
	delete(c.sections, section)
	if section == "errors" {
		c.errors = -1
		if kind == jsontext.KindBeginArray {
			c.errors = 0
		}
	}
}

func (c *catalogTally) element(section string) {
	if section == "errors" {
		c.errors++
	}
}

func (c *catalogTally) entry(section, id string, v dbt.Value) {
	if section != "nodes" && section != "sources" {
		return
	}
	t := &tableTally{id: id}
	meta := v.Get("metadata")
	t.tableType, t.noDatabase = plain(meta.Get("type")), meta.Get("database").IsAbsent()
	if owner := meta.Get("owner"); truthy(owner) {
		t.owner = string(owner)
	}
	for name := range v.Get("stats").Members {
		switch string(name) {
		case "row_count", "num_rows", "rows":
			t.rows = true
		}
	}
	for name, col := range v.Get("columns").Members {
		c.column(t, string(name), col)
	}
	key := section + "\x00" + id
	if i, ok := c.at[key]; ok && i < len(c.sections[section]) && c.sections[section][i].id == id {
		c.sections[section][i] = t
		return
	}
	c.at[key] = len(c.sections[section])
	c.sections[section] = append(c.sections[section], t)
}

func (c *catalogTally) column(t *tableTally, name string, v dbt.Value) {
	typ := v.Get("type")
	text := plain(typ)
	i, ok := c.typeAt[text]
	if !ok {
		i = int32(len(c.types))
		c.typeAt[text] = i
		c.types = append(c.types, text)
	}
	t.types = append(t.types, i)
	t.names = append(t.names, name)
	t.noType += b2i(typ.IsAbsent())
	t.upper += b2i(strings.ToUpper(name) == name && strings.ToLower(name) != name && !strings.Contains(name, "ß"))
	t.otherName += b2i(v.Get("name").Kind() != '"' || v.Get("name").Text() != name)
}

// stats closes the tally.
func (c *catalogTally) stats(o Origin) *CatalogStats {
	st := &CatalogStats{Origin: o, TablesNodes: len(c.sections["nodes"]), TablesSources: len(c.sections["sources"])}
	if c.errors >= 0 {
		st.Errors = &c.errors
	}
	var types, columns tally
	owners := map[string]bool{}
	for _, section := range []string{"nodes", "sources"} {
		for _, t := range c.sections[section] {
			if section == "nodes" {
				st.ColumnsCatalogNodes += len(t.types)
			} else {
				st.ColumnsCatalogSources += len(t.types)
			}
			st.MaxColumns = max(st.MaxColumns, len(t.types))
			types.add(t.tableType)
			if t.owner != "" {
				owners[t.owner] = true
			}
			for _, i := range t.types {
				columns.add(c.types[i])
			}
			st.DatabaseNull += b2i(t.noDatabase)
			st.StatsWithRows += b2i(t.rows)
			st.TypeNull += t.noType
			st.UpperColumns += t.upper
			st.KeyNotName += t.otherName
		}
	}
	st.ColumnsCatalog = st.ColumnsCatalogNodes + st.ColumnsCatalogSources
	st.TableTypes, st.ColumnTypes, st.Owners = types.most(8), columns.most(0), len(owners)
	return st
}
