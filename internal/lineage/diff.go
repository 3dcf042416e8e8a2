package lineage

import (
	"fmt"
	"slices"
	"strings"
)

// BlockChange is one difference between two readings of a model.
type BlockChange struct {
	Column string // "" for what concerns the whole model
	Field  string // "lineage", "lineage_rows" or "lineage_status"
	Old    string // "" for nothing
	New    string
}

// DiffBlocks returns how the lineage of a model changed: its status, what decides
// its rows, then column by column in the new order, those that are gone last. A
// nil block is a model that was not read; then only the status is returned. table
// names the tables that blocks refer to.
func DiffBlocks(before, after *Block, table func(Ref) string) []BlockChange {
	var out []BlockChange
	add := func(column, field, old, now string) {
		if old != now {
			out = append(out, BlockChange{column, field, old, now})
		}
	}
	add("", "lineage_status", statusOf(before), statusOf(after))
	if before == nil || after == nil {
		return out
	}
	add("", "lineage_rows", rowsText(before, table), rowsText(after, table))
	old := make(map[string]string, len(before.Outputs))
	for i := range before.Outputs {
		old[before.Outputs[i].Name] = originsText(before, i, table)
	}
	for i := range after.Outputs {
		name := after.Outputs[i].Name
		add(name, "lineage", old[name], originsText(after, i, table))
		delete(old, name)
	}
	for i := range before.Outputs {
		name := before.Outputs[i].Name
		if text, gone := old[name]; gone {
			add(name, "lineage", text, "")
			delete(old, name)
		}
	}
	return out
}

func statusOf(b *Block) string {
	if b == nil {
		return ""
	}
	return b.Status.String()
}

// originsText lists what an output is made of, sorted: "orders.amount (cast)".
func originsText(b *Block, output int, table func(Ref) string) string {
	var list []string
	for _, e := range b.Outputs[output].Edges {
		column := e.Column
		if e.Path != "" {
			column += "." + e.Path
		}
		list = append(list, fmt.Sprintf("%s.%s (%s)", table(b.Refs[e.Ref]), column, strings.Join(e.Kinds.Names(), ", ")))
	}
	return sortedText(list)
}

func rowsText(b *Block, table func(Ref) string) string {
	var list []string
	for _, u := range b.Rows {
		list = append(list, fmt.Sprintf("%s.%s (%s)", table(b.Refs[u.Ref]), u.Column, strings.Join(u.Kinds.Names(), ", ")))
	}
	return sortedText(list)
}

func sortedText(list []string) string {
	slices.Sort(list)
	return strings.Join(slices.Compact(list), ", ")
}
