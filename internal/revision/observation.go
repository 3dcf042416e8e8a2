package revision

import (
	"context"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Node identifies a reported thing: an id is unique only within its origin.
type Node struct {
	Origin catalog.Origin
	ID     string // dbt's unique id; for a crawl the relation key
}

// Coverage is what the absence of a claim means.
type Coverage uint8

const (
	// Partial coverage: absence means nothing.
	Partial Coverage = iota
	// Complete coverage: what the origin no longer claims is withdrawn.
	Complete
	// Scoped coverage: like Complete, but only within Observation.Scope.
	Scoped
	// Joined coverage: the facets describe what the same origin claims in another
	// observation, now or earlier, and are joined to it by id. Nothing exists
	// because of them; one whose id nothing claims is kept until it does.
	Joined
)

// Observation is what one origin reports in one apply.
type Observation struct {
	Origin  catalog.Origin
	Project catalog.ProjectID // of the origin; 0 where it is not a project
	Source  catalog.Source
	At      time.Time    // the report's own time
	Tie     catalog.Hash // decides between reports of one At
	Cause   catalog.Cause

	Coverage Coverage
	Scope    []Scope
	Claims   []Claim
	ids      []string    // of Claims, once the assets of the claims are found
	Facets   FacetReader // of the claims that are not Same
	// Withdrawn names things that the origin no longer reports, whatever Coverage.
	Withdrawn []string

	// Links are the parents of each child, by id; nil leaves the edges of the
	// origin as they are. They are always complete.
	Links Links
	// LinksSame: Links are those that the origin reported last.
	LinksSame bool
	// Tests are all tests of the origin; nil leaves them as they are.
	Tests      []TestClaim
	TestReader TestReader
	// TestsSame: Tests are those that the origin reported last.
	TestsSame bool
	// Report is what the observation was made from, as messages name it, such as "the
	// manifest".
	Report string
	// Unclaimed is the issue of a joined thing that nothing claims; its place and id are
	// filled in.
	Unclaimed catalog.Issue
	// Guard withholds removals that look like a mistake until a person confirms
	// them; see catalog.SuspectRemovals.
	Guard bool
	// Confirmed: a person confirmed that what the newest report lacks is gone.
	Confirmed bool
	// Keeps: what the observation lacks stays until one comes that does not keep it.
	Keeps bool
	// Forced makes removals pending again that a person dismissed.
	Forced bool
	// Late: the origin has made a newer report of this source, which was applied
	// before this one arrived. What that one leaves open is filled; nothing that it
	// claims is withdrawn.
	Late bool
	// Retrace reads the code of every table that is merged, changed or not: the
	// report is the first, or another version of the engine read the last one.
	Retrace bool

	// Restored: the facets are what was reported earlier. They replace the stored ones
	// without being joined with them, and what waits for confirmation stays so.
	Restored bool
	// Closed are facets that end as if nothing had ever reported them.
	Closed []ClosedFacet

	claimed map[string]bool // of Claims; nil until needed
	places  map[string]bool // of Scope; nil until needed
}

// dropClaims keeps only the ids of the claims.
func (o *Observation) dropClaims() {
	o.ids = make([]string, len(o.Claims))
	for i := range o.Claims {
		o.ids[i] = o.Claims[i].ID
	}
	o.Claims = nil
}

// ClosedFacet is a facet of an asset that ends.
type ClosedFacet struct {
	Asset catalog.AssetID
	Key   store.FacetKey
}

// Scope is a physical schema that was observed completely, by the names that the warehouse itself stores.
type Scope struct {
	Platform, Database, Schema string
	// Gone: the schema no longer exists. It is not remembered as one that the origin crawls.
	Gone bool `json:",omitzero"`
}

// place is what [catalog.PlaceOf] returns for the relation keys of everything in the schema.
func (s *Scope) place() string {
	return catalog.PlaceOf(catalog.WarehouseRelation(s.Platform, s.Database, s.Schema, "any").Key())
}

// Claim states that a thing exists.
type Claim struct {
	ID string
	// Same claims are what the origin reported last: nothing else is set, and
	// their facets are not read.
	Same bool
	// Asset is set where identity is certain: for what people write.
	Asset catalog.AssetID
	// Inherits is the asset of the node that this one is a new name of; 0 of any other. Nothing else leads from one
	// to the other where there is no relation.
	Inherits    catalog.AssetID
	Kind        catalog.Kind
	Name        string
	RelationKey string // "" without a relation
	// Reference marks a node of another project that this one only refers to.
	Reference bool
}

// FacetReader decodes facets. Only Body is used; everything else follows from
// the observation and the claim.
type FacetReader interface {
	// ReadFacets returns the facets of the claims with these indices, in their
	// order, and the texts that they name by hash.
	ReadFacets(ctx context.Context, claims []int) ([]catalog.Facet, Texts, error)
	// FacetSize returns the bytes that the facet of a claim is read from; 0 if it is in memory.
	FacetSize(claim int) int64
}

// Texts are SQL texts by hash.
type Texts map[catalog.Hash]string

// TestClaim is one test of an origin.
type TestClaim struct {
	ID   string
	Same bool // as reported last
}

// TestReader decodes tests.
type TestReader interface {
	// ReadTests returns the tests with these indices, in their order, without
	// ids and tables, and the texts that they name.
	ReadTests(ctx context.Context, tests []int) ([]catalog.Test, Texts, error)
	// TestSize returns the bytes that a test is read from; 0 if it is in memory.
	TestSize(test int) int64
}

// Links are the parents of each child, by the ids of one origin.
type Links map[string][]string

// Held are facets and tests that are in memory: they implement FacetReader and
// TestReader.
type Held struct {
	Facets []catalog.Facet // by claim; those of Same claims are not used
	Tests  []catalog.Test  // by test
	Texts  Texts
}

// ReadFacets implements FacetReader.
func (h *Held) ReadFacets(_ context.Context, claims []int) ([]catalog.Facet, Texts, error) {
	out := make([]catalog.Facet, len(claims))
	for i, n := range claims {
		out[i] = h.Facets[n]
	}
	texts := h.Texts
	h.Texts = nil // they are written once
	return out, texts, nil
}

// FacetSize implements FacetReader.
func (h *Held) FacetSize(int) int64 { return 0 }

// TestSize implements TestReader.
func (h *Held) TestSize(int) int64 { return 0 }

// ReadTests implements TestReader.
func (h *Held) ReadTests(_ context.Context, tests []int) ([]catalog.Test, Texts, error) {
	out := make([]catalog.Test, len(tests))
	for i, n := range tests {
		out[i] = h.Tests[n]
	}
	return out, nil, nil
}
