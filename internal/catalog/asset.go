package catalog

import (
	"encoding/json"
	"time"
)

// Asset is anything with a page: what Merge makes of the facets that
// describe one thing.
type Asset struct {
	ID           AssetID         `json:"-"`
	Kind         Kind            `json:"kind"`
	Name         string          `json:"name"`
	Project      ProjectID       `json:"project,omitempty"` // of the leading dbt facet; 0 without one
	Relation     Relation        `json:"relation,omitzero"` // as spelled by the best source
	RelationKey  string          `json:"relation_key,omitempty"`
	Description  Text            `json:"description,omitzero"`
	Owners       []string        `json:"owners,omitempty"`
	Tags         []string        `json:"tags,omitempty"`
	Materialized string          `json:"materialized,omitempty"`
	Meta         json.RawMessage `json:"meta,omitempty"`
	Config       json.RawMessage `json:"config,omitempty"`
	DBT          *DBT            `json:"dbt,omitempty"`
	Code         *Code           `json:"code,omitempty"`
	Extra        json.RawMessage `json:"extra,omitempty"`
	Stats        map[string]Stat `json:"stats,omitempty"`
	// Present is false when no origin reports the asset any more.
	Present bool `json:"present"`
	// RemovedBy is why the last origin withdrew it; zero while present.
	RemovedBy Cause `json:"removed_by,omitzero"`
	// Nodes are the dbt nodes that describe it, sorted.
	Nodes []NodeRef `json:"nodes,omitempty"`
	// Others are those of them that are not the leading one, such as the source
	// that a seed fills: each keeps finding the asset by its own kind and name.
	// They do not count as a change of the asset.
	Others []OtherNode `json:"others,omitempty"`
	// Listed reports whether the columns are those that the warehouse lists (a catalog
	// or a crawl), not just those that dbt's YAML names.
	Listed bool `json:"listed,omitempty"`
	// ColumnCount is the number of present columns.
	ColumnCount int `json:"column_count,omitempty"`

	CreatedAt time.Time `json:"-"`
	UpdatedAt time.Time `json:"-"`
	Version   int64     `json:"-"` // of the schema, that brought this state
}

// NodeRef names a dbt node of one project.
type NodeRef struct {
	Project  ProjectID `json:"project"`
	UniqueID string    `json:"unique_id"`
}

// OtherNode is a dbt node that describes an asset next to the leading one: what
// finds it in lists and selectors.
type OtherNode struct {
	NodeRef
	Kind          Kind     `json:"kind"`
	Name          string   `json:"name"`
	Package       string   `json:"package,omitempty"`
	FQN           []string `json:"fqn,omitempty"`
	Path          string   `json:"path,omitempty"` // original_file_path
	PatchPath     string   `json:"patch_path,omitempty"`
	SourceName    string   `json:"source_name,omitempty"`
	Group         string   `json:"group,omitempty"`
	Access        string   `json:"access,omitempty"`
	Version       string   `json:"version,omitempty"`
	LatestVersion string   `json:"latest_version,omitempty"`
}

// Text is an effective text with its provenance.
type Text struct {
	Value  string       `json:"value,omitempty"`
	Origin Origin       `json:"origin,omitempty"`
	By     Actor        `json:"by,omitzero"`      // where Origin is "user"
	Cause  Cause        `json:"import,omitzero"`  // that brought the value; the key is from before other causes
	Since  Cause        `json:"since,omitzero"`   // since which its origin no longer reports it
	Own    *string      `json:"own,omitempty"`    // set by a person, effective or not
	Hidden []HiddenText `json:"hidden,omitempty"` // other values, by rank
}

// HiddenText is a text that an origin reports and that is not effective.
type HiddenText struct {
	Origin Origin `json:"origin"`
	By     Actor  `json:"by,omitzero"`
	Value  string `json:"value"`
}

// Column is part of a table, as merged.
type Column struct {
	Name        string          `json:"name"`
	Ordinal     int             `json:"ordinal"` // 1-based, without gaps, in the table's order
	Type        Type            `json:"type,omitzero"`
	Nullable    *bool           `json:"nullable,omitempty"`
	Description Text            `json:"description,omitzero"`
	Tags        []string        `json:"tags,omitempty"`
	Meta        json.RawMessage `json:"meta,omitempty"`
	Constraints []Constraint    `json:"constraints,omitempty"`
	// Present is false for a column that an earlier catalog had and the newest does not.
	Present bool `json:"present"`
	// DocumentedOnly columns are in the YAML, not in the catalog.
	DocumentedOnly bool `json:"documented_only,omitempty"`
	// Origin is OriginSQL if only the table's code shows that the column exists, OriginEvents if only events of jobs
	// do, OriginUser if nothing does any more but people wrote about it; else "".
	Origin Origin `json:"origin,omitempty"`
}

// Type is a column's type: the warehouse's own text and what it means.
type Type struct {
	Native    string `json:"native,omitempty"`
	Canonical string `json:"canonical,omitempty"` // string, boolean, int64, decimal …; other where unknown
	Length    int    `json:"length,omitempty"`
	Precision int    `json:"precision,omitempty"`
	Scale     int    `json:"scale,omitempty"`
}

// Relation is a physical address. Platform is not part of its identity.
type Relation struct {
	Platform   string `json:"platform,omitempty"` // dbt's adapter type
	Database   string `json:"database,omitempty"`
	Schema     string `json:"schema,omitempty"`
	Identifier string `json:"identifier,omitempty"`
	Text       string `json:"text,omitempty"` // as dbt writes it (relation_name), for display
	// Quoted parts are exact where the platform makes quotes exact.
	QuotedDatabase   bool `json:"qd,omitempty"`
	QuotedSchema     bool `json:"qs,omitempty"`
	QuotedIdentifier bool `json:"qi,omitempty"`
}

// rowCountStats are the names under which adapters report row counts.
var rowCountStats = []string{"row_count", "num_rows", "rows"}

// RowCount returns the number of rows that the warehouse states; nil if it does not.
func (a *Asset) RowCount() *int64 {
	for _, name := range rowCountStats {
		if s, ok := a.Stats[name]; ok && s.Value != nil {
			n := int64(*s.Value)
			return &n
		}
	}
	return nil
}

// ColumnOrigin names what shows that a column of the asset exists: the warehouse, dbt, its SQL or a person.
func (a *Asset) ColumnOrigin(c *Column) string {
	switch {
	case c.Origin != "":
		return string(c.Origin)
	case a.Listed && !c.DocumentedOnly:
		return "warehouse"
	}
	return "dbt"
}
