package store

import (
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// SchemaRow is a schema as lists show it.
type SchemaRow struct {
	catalog.Schema
	Tables           int64            // present tables of the served version
	LastImport       catalog.ImportID // newest import; 0 without one
	LastImportStatus catalog.Status
}

// SchemaPatch changes the fields that are not nil.
type SchemaPatch struct {
	Name, Environment *string
	Policy            *catalog.Policy
}

// NewImport asks for an import of artifacts whose blobs are stored already.
type NewImport struct {
	SchemaID catalog.SchemaID
	Parts    []catalog.Part
	Force    bool
	Actor    string
	// IdempotencyKey of the request within IdempotencyScope (the API key and
	// route); "" = none. Fingerprint is of the request.
	IdempotencyKey, IdempotencyScope string
	Fingerprint                      catalog.Hash
}

// ImportFilter narrows a list of imports; zero fields let everything through.
type ImportFilter struct {
	SchemaID catalog.SchemaID
	Status   catalog.Status
	Project  catalog.ProjectID
}

// Lease is the right to write a schema. Token fences: it grows with every
// lease of the schema, and a write under an older one is catalog.ErrFenced.
type Lease struct {
	WS     int64
	Schema catalog.SchemaID
	Token  int64
	Holder string
}

// Claim is an import that a worker took from the queue, with the lease of its
// schema.
type Claim struct {
	Lease
	Import catalog.Import
}

// AssetRef is what the pipeline needs to know of every asset.
type AssetRef struct {
	ID          catalog.AssetID
	Kind        catalog.Kind
	Name        string
	RelationKey string
	Project     catalog.ProjectID
	Present     bool
	Hash        catalog.Hash // of AssetRow
	CreatedAt   time.Time
}

// FacetRef is what the pipeline needs to know of every facet.
type FacetRef struct {
	Asset     catalog.AssetID
	Origin    catalog.Origin
	Source    catalog.Source
	UniqueID  string
	Project   catalog.ProjectID
	Hash      catalog.Hash
	Withdrawn catalog.ImportID
}

// Index lists the assets and facets of a schema's served version, assets by
// id, facets by origin, source, unique id and asset.
type Index struct {
	Version int64
	Assets  []AssetRef
	Facets  []FacetRef
}

// AssetRow is an asset to be written. Hash covers what the caller compares.
// Columns nil leaves the columns as they are; empty removes them.
type AssetRow struct {
	catalog.Asset
	Hash    catalog.Hash
	Columns []catalog.Column
}

// FacetKey is the identity of a facet inside a schema. Asset counts only for
// facets of people (catalog.OriginUser), which have no unique id.
type FacetKey struct {
	Origin   catalog.Origin
	Source   catalog.Source
	UniqueID string
	Asset    catalog.AssetID
}

// ColumnEdgeBlock holds the column edges into one downstream asset, in an
// encoding that only its writer and reader know.
type ColumnEdgeBlock struct {
	Asset catalog.AssetID
	Hash  catalog.Hash
	Block []byte
}

// AppliedPart tells the bytes of an artifact last applied, by which version of
// the reader.
type AppliedPart struct {
	Part   string // as catalog.Part.Name
	SHA256 string
	Reader string
}

// Flip is what goes with the step from one version to the next.
type Flip struct {
	Import catalog.ImportID // 0 for an edit
	Actor  string
	// Project with its new fields; nil if none changed. Required where
	// Fingerprints, Applied or Pending are given.
	Project *catalog.Project
	// Fingerprints by source, opaque; they replace those of the same source.
	Fingerprints map[string][]byte
	Applied      []AppliedPart
	// Pending replaces the project's removals that wait for confirmation; nil
	// leaves them, empty clears them.
	Pending []PendingRemoval
}

// PendingRemoval is an asset whose removal waits for a person's word.
type PendingRemoval struct {
	Asset    catalog.AssetID
	Name     string
	Kind     catalog.Kind
	UniqueID string
	Project  catalog.ProjectID
	Import   catalog.ImportID
	Since    time.Time
}

// RunFilter narrows a list of runs; zero fields let everything through.
type RunFilter struct {
	SchemaID catalog.SchemaID
	Project  catalog.ProjectID
	UniqueID string // runs that have a result of this node
}

// RunResult is a node's result with the run that it belongs to.
type RunResult struct {
	catalog.NodeResult
	InvocationID string
	Command      string
}

// AssetFilter narrows a list of assets; zero fields let everything through,
// except that removed assets are left out unless Removed asks for them.
type AssetFilter struct {
	Schema         catalog.SchemaID // 0 = all of the workspace, each at its served version
	At             int64            // version; 0 = served; only with Schema
	Kind           []catalog.Kind
	Project        catalog.ProjectID
	Package        string
	Tag            string
	Owner          string
	Group          string
	Status         string // class of the latest result, e.g. "error"
	Materialized   string
	Removed        *bool // nil or false: present ones; true: removed ones
	HasDescription *bool
	Query          string // part of the name or relation, ASCII letters of either case
	Sort           string // name, kind, created_at, updated_at, id; "-" in front turns it; "" = name
}

// Breakdown names what AssetBreakdown counts by.
type Breakdown string

// The breakdowns.
const (
	ByKind         Breakdown = "kind"
	ByTag          Breakdown = "tag"
	ByOwner        Breakdown = "owner"
	ByGroup        Breakdown = "group"
	ByPackage      Breakdown = "package"
	ByMaterialized Breakdown = "materialized"
)

// ChangedAsset is one asset in two states. Columns are given on both sides.
type ChangedAsset struct {
	Asset                       catalog.AssetID
	Version                     int64 // that brought After
	Import                      catalog.ImportID
	Actor                       string
	At                          time.Time
	Before, After               *catalog.Asset // Before is nil for a new asset
	BeforeColumns, AfterColumns []catalog.Column
}

// Key is an API key; its secret is known only by its hash.
type Key struct {
	ID         int64
	WS         int64
	PublicID   string // the 8 characters inside the key
	SecretHash [32]byte
	Name       string
	Creator    string
	Scopes     []string
	SchemaIDs  []catalog.SchemaID // empty = all
	CIDRs      []string           // empty = all
	CreatedAt  time.Time
	ExpiresAt  time.Time // zero = never
	RevokedAt  time.Time // zero = valid
	LastUsedAt time.Time // zero = never used
}
