package lineage

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// Snapshot is the part of a snapshot's config that determines the columns that dbt
// adds to those of its query.
type Snapshot struct {
	UniqueKey []string
	UpdatedAt string // column; "" with the check strategy
	Check     []string
	Deleted   bool // rows that vanish are recorded
	// Names are dbt's columns, in the order of the table and as the warehouse keeps them.
	ScdID, Updated, ValidFrom, ValidTo, IsDeleted string
}

// ParseSnapshot reads the config of a snapshot on a platform. What it does not set is
// as in dbt's defaults; a config that is not JSON results in the defaults.
func ParseSnapshot(platform string, config []byte) *Snapshot {
	var c struct {
		Strategy    string            `json:"strategy"`
		UniqueKey   json.RawMessage   `json:"unique_key"`
		UpdatedAt   string            `json:"updated_at"`
		CheckCols   json.RawMessage   `json:"check_cols"`
		HardDeletes string            `json:"hard_deletes"`
		Names       map[string]string `json:"snapshot_meta_column_names"`
	}
	_ = json.Unmarshal(config, &c) // an odd field leaves the default
	d := DialectOf(platform)
	name := func(standard string) string { // dbt does not quote them
		return d.Stored(cmp.Or(c.Names[standard], standard), false)
	}
	s := &Snapshot{
		UniqueKey: textOrList(c.UniqueKey), Deleted: c.HardDeletes == "new_record",
		ScdID: name("dbt_scd_id"), Updated: name("dbt_updated_at"), ValidFrom: name("dbt_valid_from"),
		ValidTo: name("dbt_valid_to"), IsDeleted: name("dbt_is_deleted"),
	}
	if c.Strategy != "check" {
		s.UpdatedAt = c.UpdatedAt
	} else {
		s.Check = textOrList(c.CheckCols)
	}
	return s
}

func textOrList(raw json.RawMessage) []string {
	var one string
	if json.Unmarshal(raw, &one) == nil && one != "" {
		return []string{one}
	}
	var list []string
	_ = json.Unmarshal(raw, &list) // anything else names no column
	return list
}

// columns appends dbt's own columns to the outputs of a snapshot's query: the
// times come from the column of the last update, the id of a version is a
// hash of key and time.
func (s *Snapshot) columns(outputs []Output) []Output {
	find := func(name string) *Output {
		for i := range outputs {
			if strings.EqualFold(outputs[i].Name, name) {
				return &outputs[i]
			}
		}
		return nil
	}
	var key, updated []Edge
	for _, name := range s.UniqueKey {
		if out := find(name); out != nil {
			key = append(key, out.Edges...)
		}
	}
	if out := find(s.UpdatedAt); out != nil {
		updated = out.Edges
	}
	own := []Output{
		{Name: s.ScdID, Masked: true, Edges: derived(append(slices.Clone(key), updated...), true)},
		{Name: s.Updated, Edges: derived(updated, false)},
		{Name: s.ValidFrom, Edges: derived(updated, false)},
		{Name: s.ValidTo, Edges: derived(updated, false)},
	}
	if s.Deleted {
		own = append(own, Output{Name: s.IsDeleted})
	}
	for _, o := range own {
		if find(o.Name) == nil { // a query may read an older snapshot
			outputs = append(outputs, o)
		}
	}
	return outputs
}

// adds reports whether dbt itself adds a column of this name.
func (s *Snapshot) adds(name string) bool {
	own := []string{s.ScdID, s.Updated, s.ValidFrom, s.ValidTo}
	if s.Deleted {
		own = append(own, s.IsDeleted)
	}
	return slices.ContainsFunc(own, func(o string) bool { return strings.EqualFold(o, name) })
}

// derived returns the edges of a value that is computed from other values.
func derived(edges []Edge, masked bool) []Edge {
	out := make([]Edge, 0, len(edges))
	for _, e := range edges {
		if e.Kinds.IsValue() {
			e.Kinds = e.Kinds&^(resolve.Identity|resolve.Rename) | resolve.Transform
		}
		e.Masked = e.Masked || masked
		same := func(o Edge) bool { return o.Ref == e.Ref && o.Column == e.Column && o.Path == e.Path }
		if !slices.ContainsFunc(out, same) {
			out = append(out, e)
		}
	}
	return out
}
