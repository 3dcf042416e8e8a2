package webhook

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// The events.
const (
	EventTestFailed    = "test.failed"
	EventRunFailed     = "run.failed"
	EventSourceStale   = "source.stale"
	EventSchemaChanged = "schema.changed"
	EventTableRemoved  = "table.removed"
	EventImportFailed  = "import.failed"
	EventSyncFailed    = "sync.failed"
	// EventTest is only sent when a person asks for it.
	EventTest = "webhook.test"
)

// Events returns the events that a webhook can want.
func Events() []string {
	return []string{EventImportFailed, EventRunFailed, EventSchemaChanged, EventSourceStale, EventSyncFailed, EventTableRemoved, EventTestFailed}
}

// The forms of a body.
const (
	FormatStandard = "standard" // of Standard Webhooks: type, timestamp, data
	FormatSlack    = "slack"    // a text, as Slack and compatible services take it
)

// Formats returns the forms of a body.
func Formats() []string { return []string{FormatStandard, FormatSlack} }

// mostItems is how many tests, tables or sources an event lists; Total is how many there are.
const mostItems = 25

// mostBody is the most bytes that a body has.
const mostBody = 20 << 10

// Event is what happened.
type Event struct {
	Type string    `json:"type"`
	At   time.Time `json:"timestamp"`
	Data Data      `json:"data"`
}

// Data are the details of an event. Lists have at most 25 entries; Total is how many there are.
type Data struct {
	Schema  Ref    `json:"schema,omitzero"`
	Project *Ref   `json:"project,omitempty"`
	Cause   *Cause `json:"cause,omitempty"`
	Version int64  `json:"version,omitempty"`
	Import  string `json:"import,omitempty"`
	Run     string `json:"run,omitempty"`

	Integration *Ref   `json:"integration,omitempty"`
	Sync        string `json:"sync,omitempty"`

	Error   *Failure `json:"error,omitempty"`
	Total   int      `json:"total,omitempty"`
	Nodes   []Node   `json:"nodes,omitempty"`
	Tables  []Table  `json:"tables,omitempty"`
	Sources []Source `json:"sources,omitempty"`
	Message string   `json:"message,omitempty"`
}

// Ref names something by its id.
type Ref struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Cause is what made a version, and who.
type Cause struct {
	Kind  string `json:"kind"`
	ID    string `json:"id"`
	Actor string `json:"actor,omitempty"`
}

// Failure is why an import or a sync failed.
type Failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Node is a test or model that failed.
type Node struct {
	UniqueID string `json:"unique_id"`
	Status   string `json:"status"`
	Failures *int64 `json:"failures,omitempty"`
	Message  string `json:"message,omitempty"`
	Asset    *Ref   `json:"asset,omitempty"`
}

// Table is a table that changed or was removed.
type Table struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Relation string   `json:"relation,omitempty"`
	Change   string   `json:"change"` // created, updated, removed
	Columns  []Column `json:"columns,omitempty"`
}

// Column is a column that changed.
type Column struct {
	Name   string `json:"name"`
	Change string `json:"change"` // added, removed, type
	Old    string `json:"old,omitempty"`
	New    string `json:"new,omitempty"`
}

// Source is a source whose data are too old.
type Source struct {
	UniqueID    string     `json:"unique_id"`
	Status      string     `json:"status"`
	MaxLoadedAt *time.Time `json:"max_loaded_at,omitempty"`
	Message     string     `json:"message,omitempty"`
	Asset       *Ref       `json:"asset,omitempty"`
}

// body returns the event in a format, of at most mostBody bytes: lists are cut in half until it has.
func (e Event) body(format string) ([]byte, error) {
	for {
		b, err := e.encode(format)
		if err != nil {
			return nil, fmt.Errorf("event %s: %w", e.Type, err)
		}
		if len(b) <= mostBody || !e.Data.halve() {
			return b, nil
		}
	}
}

func (e Event) encode(format string) ([]byte, error) {
	if format == FormatSlack {
		return json.Marshal(slackMessage{Text: e.text()})
	}
	return json.Marshal(e)
}

// halve drops half of the lists and reports whether there was something to drop.
func (d *Data) halve() bool {
	longest := max(len(d.Nodes), len(d.Tables), len(d.Sources))
	if longest <= 1 {
		return false
	}
	d.Nodes, d.Tables, d.Sources = d.Nodes[:(len(d.Nodes)+1)/2], d.Tables[:(len(d.Tables)+1)/2], d.Sources[:(len(d.Sources)+1)/2]
	return true
}

const (
	mostText    = 300 // bytes of a message
	mostColumns = 20  // of a table
)

// short cuts a text that others wrote.
func short(text string) string { return catalog.CutText(text, mostText) }

func typeOf(c *catalog.Column) string { return short(cmp.Or(c.Type.Native, c.Type.Canonical)) }

// tableOf describes a change of an asset; false if it is none that readers of the table notice.
func tableOf(c *store.ChangedAsset) (Table, bool) {
	a := c.After
	if a == nil || !a.Kind.IsTable() {
		return Table{}, false
	}
	t := Table{ID: a.ID.Label(a.Kind), Name: a.Name, Relation: a.Relation.Text}
	was := c.Before != nil && c.Before.Present
	switch {
	case !was && a.Present:
		t.Change = "created"
	case was && !a.Present:
		t.Change = "removed"
	case !a.Present:
		return Table{}, false
	default:
		t.Change = "updated"
		t.Columns = columnChanges(c.BeforeColumns, c.AfterColumns)
	}
	return t, t.Change != "updated" || len(t.Columns) > 0
}

// columnChanges lists the columns that came, went, or have another type; at most mostColumns.
func columnChanges(before, after []catalog.Column) []Column {
	old := make(map[string]*catalog.Column, len(before))
	for i := range before {
		if before[i].Present {
			old[before[i].Name] = &before[i]
		}
	}
	var out []Column
	for i := range after {
		c := &after[i]
		if !c.Present {
			continue
		}
		was := old[c.Name]
		delete(old, c.Name)
		switch {
		case was == nil:
			out = append(out, Column{Name: short(c.Name), Change: "added", New: typeOf(c)})
		case typeOf(was) != typeOf(c):
			out = append(out, Column{Name: short(c.Name), Change: "type", Old: typeOf(was), New: typeOf(c)})
		}
	}
	gone := make([]string, 0, len(old))
	for name := range old {
		gone = append(gone, name)
	}
	slices.Sort(gone)
	for _, name := range gone {
		out = append(out, Column{Name: short(name), Change: "removed", Old: typeOf(old[name])})
	}
	return out[:min(len(out), mostColumns)]
}
