package catalog

import (
	"encoding/json"
	"strings"
	"time"
)

// Origin is where a facet comes from: "dbt:<project key>", "crawl:<integration>",
// "openlineage", "user" or "sql".
type Origin string

// OriginUser is the origin of what people write, OriginSQL that of what was found in the code of a table, OriginEvents
// that of what other programs state in the events of their jobs.
const (
	OriginUser   Origin = "user"
	OriginSQL    Origin = "sql"
	OriginEvents Origin = "openlineage"
)

// Label is an origin as users see it: what a person wrote names its author.
func (o Origin) Label(by Actor) string {
	if o == OriginUser && by.Name != "" {
		return string(o) + ":" + by.Name
	}
	return string(o)
}

// Source is the artifact kind a facet comes from.
type Source string

// The sources of facets.
const (
	FromManifest Source = "manifest"
	FromCatalog  Source = "catalog"
	FromCrawl    Source = "crawl"
	FromEvents   Source = "openlineage"
	FromUser     Source = "user"
	FromSQL      Source = "sql"
)

// ByRelation reports whether what the origin reports is identified by its relation.
func (o Origin) ByRelation() bool { return strings.HasPrefix(string(o), "crawl:") || o == OriginEvents }

// ByRelation reports whether facets of the source are identified by their relation. They assert that it exists.
func (s Source) ByRelation() bool { return s == FromCrawl || s == FromEvents }

// Facet is what one origin and source report about one asset. It is append-only: a
// new facet of the same (origin, source, unique id) replaces the older one in the
// next version, and the older one stays in the history.
type Facet struct {
	Asset     AssetID // 0 while its asset is unknown (a catalog table that no manifest lists)
	Origin    Origin
	Source    Source
	UniqueID  string // dbt's id; for a crawl the relation key; "" for people and SQL
	Project   ProjectID
	Hash      Hash       // of Body
	Cause     Cause      // that brought this facet
	At        time.Time  // the report's own time
	Tie       Hash       // decides between reports of one At; derived from the report, never from its arrival
	Withdrawn Withdrawal // zero while the origin still reports it
	Body      Body
}

// Stamp is the report's own time, with what decides between equal ones.
func (f *Facet) Stamp() Stamp { return Stamp{At: f.At, Tie: f.Tie} }

// Body is a facet's content: the fields that are used plus raw config and meta,
// never SQL text (texts are stored apart, by hash).
type Body struct {
	Kind         Kind     `json:"kind,omitempty"`
	Name         string   `json:"name,omitempty"`
	Relation     Relation `json:"relation,omitzero"`
	Materialized string   `json:"materialized,omitempty"`
	Description  string   `json:"description,omitempty"`
	// Kept is the newest non-blank description where Description is blank now.
	Kept    *Kept           `json:"kept,omitempty"`
	Owners  []string        `json:"owners,omitempty"`
	Tags    []string        `json:"tags,omitempty"`
	Meta    json.RawMessage `json:"meta,omitempty"`   // compact, keys sorted
	Config  json.RawMessage `json:"config,omitempty"` // compact, keys sorted, without SQL
	Columns []BodyColumn    `json:"columns,omitempty"`
	// Listed is the report that Columns are from, where the facet's own listed none.
	Listed Stamp `json:"listed,omitzero"`
	DBT    *DBT  `json:"dbt,omitempty"`
	Code   *Code `json:"code,omitempty"`
	// Compiled is the compiled code that older reports had of other raw code.
	Compiled []Compiled      `json:"compiled,omitempty"`
	Extra    json.RawMessage `json:"extra,omitempty"` // of exposures, metrics and the like; compact
	Stats    map[string]Stat `json:"stats,omitempty"` // of catalog.json or a crawl
	Edits    []Edit          `json:"edits,omitempty"` // what people wrote; only in facets of people
}

// Kept is a text that its origin no longer has.
type Kept struct {
	Value string `json:"value"`
	Cause Cause  `json:"import"`        // that brought it; the key is from before other causes
	Since Cause  `json:"since"`         // since which it is gone
	Last  Stamp  `json:"last,omitzero"` // report that had it; zero from before these were kept
}

// BodyColumn is a column as one origin reports it.
type BodyColumn struct {
	Name       string `json:"name"`
	Ordinal    int    `json:"ordinal,omitempty"` // position at the origin; only the order counts
	NativeType string `json:"type,omitempty"`
	// BaseType is read where NativeType is a name that shows nothing, such as that of a domain.
	BaseType    string          `json:"base,omitempty"`
	Nullable    *bool           `json:"nullable,omitempty"`
	Description string          `json:"description,omitempty"`
	Kept        *Kept           `json:"kept,omitempty"`
	Tags        []string        `json:"tags,omitempty"`
	Meta        json.RawMessage `json:"meta,omitempty"`
	Quote       bool            `json:"quote,omitempty"`
	Constraints []Constraint    `json:"constraints,omitempty"`
	// Absent is set once the origin no longer lists the column. Carry keeps such
	// columns.
	Absent Withdrawal `json:"absent,omitzero"`
	// Last is the newest report that listed an absent column; zero from before these
	// were kept.
	Last Stamp `json:"last,omitzero"`
}

// Constraint of a column or a table, as declared in dbt or found by a crawl.
type Constraint struct {
	Type       string   `json:"type"` // not_null, unique, primary_key, foreign_key, check, custom
	Name       string   `json:"name,omitempty"`
	Expression string   `json:"expression,omitempty"`
	Columns    []string `json:"columns,omitempty"`
	To         string   `json:"to,omitempty"`
	ToColumns  []string `json:"to_columns,omitempty"`
}

// DBT is dbt's own description of a node.
type DBT struct {
	UniqueID         string          `json:"unique_id"`
	ResourceType     string          `json:"resource_type"`
	PackageName      string          `json:"package_name"`
	Path             string          `json:"path"`
	OriginalFilePath string          `json:"original_file_path,omitempty"`
	PatchPath        string          `json:"patch_path,omitempty"`
	Alias            string          `json:"alias,omitempty"`
	FQN              []string        `json:"fqn,omitempty"` // see FQNOf
	SourceName       string          `json:"source_name,omitempty"`
	Loader           string          `json:"loader,omitempty"`
	Access           string          `json:"access,omitempty"`
	Group            string          `json:"group,omitempty"`
	Version          string          `json:"version,omitempty"`
	LatestVersion    string          `json:"latest_version,omitempty"`
	DeprecationDate  string          `json:"deprecation_date,omitempty"`
	Contract         bool            `json:"contract,omitempty"`
	Language         string          `json:"language,omitempty"`
	Hidden           bool            `json:"hidden,omitempty"` // docs.show = false
	Constraints      []Constraint    `json:"constraints,omitempty"`
	Freshness        json.RawMessage `json:"freshness,omitempty"`
	LoadedAtField    string          `json:"loaded_at_field,omitempty"`
	// External marks a node of another project that a manifest only refers to: it owns
	// neither the table nor its code.
	External bool `json:"external,omitzero"`
	// Deferred is the key of the relation that children read instead, after --defer.
	Deferred string `json:"deferred,omitempty"`
	// Macros are the unique_ids of the macros that it calls, DocBlocks the docs blocks in its descriptions.
	Macros    []string `json:"macros,omitempty"`
	DocBlocks []DocRef `json:"doc_blocks,omitempty"`
}

// DocRef is the use of a docs block in the description of a node, or of a column of it.
type DocRef struct {
	Doc    string `json:"doc"` // unique_id
	Column string `json:"column,omitempty"`
}

// Code points to the SQL (or Python) of a node. Texts are stored once, by hash.
type Code struct {
	Checksum string `json:"checksum,omitempty"` // dbt's own, of the raw code
	Raw      Hash   `json:"raw,omitzero"`
	Compiled Hash   `json:"compiled,omitzero"`
	// CompiledBy brought Compiled, where a later manifest came without compiled
	// code but with the same checksum; else zero.
	CompiledBy Cause `json:"compiled_import,omitzero"`
	CompiledAt Stamp `json:"compiled_at,omitzero"` // its report; zero with CompiledBy from before these were kept
	// Language is that of code that is not of a dbt node; "" is SQL.
	Language string `json:"language,omitempty"`
}

// Compiled is the compiled code of some raw code.
type Compiled struct {
	Checksum string `json:"checksum"`
	Code     Hash   `json:"code"`
	By       Cause  `json:"import"`
	At       Stamp  `json:"at,omitzero"`
}

// Stat is one figure of catalog.json; a number or a text.
type Stat struct {
	Label string   `json:"label,omitempty"`
	Value *float64 `json:"value,omitempty"`
	Text  string   `json:"text,omitempty"`
}

// Edit is one value that a person set. The newest edit of a (field, column) is
// effective; undo is a new edit.
type Edit struct {
	Field  string    `json:"field"`            // description, owners, tags
	Column string    `json:"column,omitempty"` // "" = the asset itself
	Text   string    `json:"text,omitempty"`   // of description
	Add    []string  `json:"add,omitempty"`    // owners or tags that the person added
	Remove []string  `json:"remove,omitempty"` // owners or tags that the person removed from what other facets have
	By     Actor     `json:"by"`
	At     time.Time `json:"at"`
}
