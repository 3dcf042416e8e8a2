package catalog

import "time"

// DefaultWorkspace is the tenant that exists from the start.
const DefaultWorkspace int64 = 1

// Schema is the container that users see: one environment, one target. Its
// physical database schemas are only ever Relation.Schema.
type Schema struct {
	ID          SchemaID
	Name        string
	Environment string
	Policy      Policy
	Health      HealthWeights
	Renames     Renames
	Version     int64 // number of the served state; 0 before the first import
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Project is one dbt project inside a schema. Its key is metadata.project_id,
// else the project's name; unique_ids are looked up per (schema, project).
type Project struct {
	ID                  ProjectID
	SchemaID            SchemaID
	Key                 string
	Name                string
	DBTVersion          string
	Adapter             string
	ManifestGeneratedAt time.Time // of the newest manifest applied
	CatalogGeneratedAt  time.Time // of the newest catalog applied
	ManifestTie         Hash      // of the newest manifest; see Stamp
	CatalogTie          Hash      // of the newest catalog
	Target              Target    // that feeds the schema
	InvocationID        string
	LastImport          ImportID
	CreatedAt           time.Time
	UpdatedAt           time.Time
}

// Target is where a dbt project builds its tables. An empty part is any: a project
// whose models all have schemas of their own has no one schema.
type Target struct {
	Database string `json:"database,omitempty"`
	Schema   string `json:"schema,omitempty"`
}

// IsZero reports whether nothing is known of the target.
func (t Target) IsZero() bool { return t == Target{} }

// Origin of this project's facets, e.g. "dbt:shop". The name is fixed when the
// project is first seen, so the origin is as stable as the key.
func (p Project) Origin() Origin { return Origin("dbt:" + p.Name) }

// Newest returns the stamp of the newest report of a source that was applied; the
// zero Stamp if there is none.
func (p Project) Newest(s Source) Stamp {
	switch s {
	case FromManifest:
		return Stamp{At: p.ManifestGeneratedAt, Tie: p.ManifestTie}
	case FromCatalog:
		return Stamp{At: p.CatalogGeneratedAt, Tie: p.CatalogTie}
	}
	return Stamp{}
}

// Rule decides who wins where dbt and a person both have a value.
type Rule string

// The rules of a merge policy.
const (
	Always Rule = "always" // a non-blank dbt value wins
	Smart  Rule = "smart"  // a person's edit wins until it is withdrawn
	Never  Rule = "never"  // dbt's value is not taken
)

// Takes reports whether values of an origin may be effective under the rule.
func (r Rule) Takes(o Origin) bool { return r != Never || !isDBT(o) }

// Policy is the rule of each property of assets and of their columns. The zero rule is Always, the import
// API's own default.
type Policy struct {
	Description       Rule `json:"description,omitempty"`
	Owners            Rule `json:"owners,omitempty"`
	Tags              Rule `json:"tags,omitempty"`
	ColumnDescription Rule `json:"column_description,omitempty"`
	ColumnTags        Rule `json:"column_tags,omitempty"`
}

// rules are the rules of all properties.
func (p Policy) rules() [5]Rule {
	rules := [...]Rule{p.Description, p.Owners, p.Tags, p.ColumnDescription, p.ColumnTags}
	for i, r := range rules {
		if r == "" {
			rules[i] = Always
		}
	}
	return rules
}

// Equal reports whether both policies have the same rules.
func (p Policy) Equal(o Policy) bool { return p.rules() == o.rules() }

// ConcernsAll reports whether the step from one policy to another may change assets
// that nobody edited: a rule is or was never to take dbt's value.
func (p Policy) ConcernsAll(o Policy) bool {
	was, is := p.rules(), o.rules()
	for i := range was {
		if (was[i] == Never) != (is[i] == Never) {
			return true
		}
	}
	return false
}

// Version is one state of a schema, made by one applied observation or several.
type Version struct {
	SchemaID SchemaID
	Number   int64
	Cause    Cause
	Actor    Actor
	At       time.Time
}

// Open is the valid_to of a current row.
const Open int64 = 1<<63 - 1
