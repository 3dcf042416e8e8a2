package revision

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/postgres"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
	"github.com/thalweg-data/thalweg/internal/store/sqlite/sqlitetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const ws = catalog.DefaultWorkspace

var monday = time.Date(2026, 11, 16, 6, 0, 0, 0, time.UTC)

// rig is a schema of a store and a reviser on it.
type rig struct {
	*Reviser
	store  *store.Store
	t      *testing.T
	schema catalog.SchemaID
	clock  time.Time
	last   catalog.ImportID
}

// onStores runs a test on both stores.
func onStores(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		r := &rig{t: t, clock: monday}
		r.begin(sqlitetest.Open(t, sqlite.Options{Now: r.now}))
		test(t, r)
	})
	t.Run("postgres", func(t *testing.T) {
		if os.Getenv("SKIP_POSTGRES") != "" {
			t.Skip("SKIPPED: SKIP_POSTGRES is set")
		}
		t.Parallel()
		r := &rig{t: t, clock: monday}
		s, err := postgres.Open(t.Context(), pgtest.NewFrom(t, "migrated", migrate), postgres.Options{Now: r.now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		r.begin(s)
		test(t, r)
	})
}

// migrate makes the database that those of the tests are copies of.
func migrate(ctx context.Context, dsn string) error {
	s, err := postgres.Open(ctx, dsn, postgres.Options{})
	if err != nil {
		return err
	}
	return errors.Join(s.Migrate(ctx), s.Close())
}

func (r *rig) now() time.Time { return r.clock }

func (r *rig) begin(s *store.Store) {
	schema, err := s.CreateSchema(r.t.Context(), ws, "Warehouse", "test", store.By{})
	if err != nil {
		r.t.Fatal(err)
	}
	r.store = s
	r.Reviser = &Reviser{Store: s, Now: r.now, Log: slog.New(slog.DiscardHandler)}
	r.schema = schema.ID
}

var tester = catalog.Actor{Kind: catalog.ActorSystem, Name: "test"}

// apply applies observations a second later than before.
func (r *rig) apply(observations ...Observation) Result {
	r.t.Helper()
	result, err := r.try(Options{}, observations...)
	if err != nil {
		r.t.Fatal(err)
	}
	return result
}

func (r *rig) try(opts Options, observations ...Observation) (Result, error) {
	r.clock = r.clock.Add(time.Second)
	opts.Holder, opts.Actor = "test", tester
	return r.Apply(r.t.Context(), ws, r.schema, opts, observations...)
}

// thing is what a report says of one thing.
type thing struct {
	id          string // of crawls the relation
	kind        catalog.Kind
	relation    string // "schema.identifier"
	columns     []string
	sql         string
	description string
	parents     []string
	tested      string // a test on this column
	language    string // of a model; blank means SQL
}

func relationOf(text string) catalog.Relation {
	schema, identifier, _ := strings.Cut(text, ".")
	return catalog.WarehouseRelation("postgres", "db", schema, identifier)
}

func (x thing) body(texts Texts) catalog.Body {
	b := catalog.Body{Kind: x.kind, Name: x.id, Description: x.description}
	if x.relation != "" {
		b.Relation = relationOf(x.relation)
		b.Name = b.Relation.Identifier
	}
	for i, c := range x.columns {
		b.Columns = append(b.Columns, catalog.BodyColumn{Name: c, Ordinal: i + 1, NativeType: "integer"})
	}
	if x.sql != "" {
		h := catalog.HashOfText(x.sql)
		texts[h] = x.sql
		b.Code = &catalog.Code{Raw: h, Compiled: h}
	}
	return b
}

// dbt is what a manifest of a project reports.
func (r *rig) dbt(project string, things ...thing) Observation {
	r.t.Helper()
	p, err := r.store.EnsureProject(r.t.Context(), ws, r.schema, project, project)
	if err != nil {
		r.t.Fatal(err)
	}
	r.last++
	held := &Held{Texts: Texts{}}
	o := Observation{
		Origin: p.Origin(), Project: p.ID, Source: catalog.FromManifest, At: r.clock, Cause: catalog.ImportCause(r.last),
		Coverage: Complete, Facets: held, TestReader: held, Links: Links{}, Tests: []TestClaim{}, Guard: true,
	}
	for _, x := range things {
		b := x.body(held.Texts)
		b.DBT = &catalog.DBT{UniqueID: x.id, ResourceType: string(x.kind), Language: x.language}
		o.Claims = append(o.Claims, Claim{ID: x.id, Kind: x.kind, Name: b.Name, RelationKey: b.Relation.Key()})
		held.Facets = append(held.Facets, catalog.Facet{Body: b})
		o.Links[x.id] = x.parents
		if x.tested != "" {
			id := "test." + x.id + "." + x.tested
			o.Tests = append(o.Tests, TestClaim{ID: id})
			held.Tests = append(held.Tests, catalog.Test{UniqueID: id, Hash: catalog.HashOfText(id), Body: catalog.TestBody{Name: id, Attached: x.id, Column: x.tested}})
		}
	}
	return o
}

func model(name string, columns ...string) thing {
	return thing{id: "model.shop." + name, kind: catalog.KindModel, relation: "analytics." + name, columns: columns}
}

// warehouseOf is what a catalog of a project reports.
func (r *rig) warehouseOf(project string, things ...thing) Observation {
	o := r.dbt(project, things...)
	o.Source, o.Coverage, o.Links, o.Tests, o.Guard = catalog.FromCatalog, Joined, nil, nil, false
	for i := range o.Claims {
		o.Claims[i] = Claim{ID: o.Claims[i].ID}
	}
	held := o.Facets.(*Held)
	for i := range held.Facets {
		b := &held.Facets[i].Body
		b.Kind, b.DBT, b.Code = "", nil, nil
	}
	return o
}

// crawl is what a crawl reports that could read some physical schemas: it is
// complete within them, and says nothing of the others.
func (r *rig) crawl(integration string, schemas []string, things ...thing) Observation {
	held := &Held{Texts: Texts{}}
	r.last++
	o := Observation{
		Origin: catalog.Origin("crawl:" + integration), Source: catalog.FromCrawl, At: r.clock,
		Cause: catalog.Cause{Kind: catalog.CauseCrawl, ID: int64(r.last)}, Coverage: Scoped, Facets: held,
	}
	for _, s := range schemas {
		o.Scope = append(o.Scope, Scope{Platform: "postgres", Database: "db", Schema: s})
	}
	for _, x := range things {
		b := x.body(held.Texts)
		key := b.Relation.Key()
		o.Claims = append(o.Claims, Claim{ID: key, Kind: x.kind, Name: b.Name, RelationKey: key})
		held.Facets = append(held.Facets, catalog.Facet{Body: b})
	}
	return o
}

func table(relation string, columns ...string) thing {
	return thing{kind: catalog.KindTable, relation: relation, columns: columns}
}

func view(relation, sql string, columns ...string) thing {
	return thing{kind: catalog.KindView, relation: relation, sql: sql, columns: columns}
}

// at returns the present asset at a relation; the zero asset without one.
func (r *rig) at(relation string) catalog.Asset {
	r.t.Helper()
	for _, a := range r.assets() {
		if a.Present && a.RelationKey == relationOf(relation).Key() {
			return a
		}
	}
	return catalog.Asset{}
}

func (r *rig) assets() []catalog.Asset {
	r.t.Helper()
	index, err := r.store.Index(r.t.Context(), ws, r.schema)
	if err != nil {
		r.t.Fatal(err)
	}
	var ids []catalog.AssetID
	for _, a := range index.Assets {
		ids = append(ids, a.ID)
	}
	assets, err := r.store.AssetsOf(r.t.Context(), ws, r.schema, 0, ids)
	if err != nil {
		r.t.Fatal(err)
	}
	return assets
}

// columns are the names of the present columns of a relation.
func (r *rig) columns(relation string) []string {
	r.t.Helper()
	id := r.at(relation).ID
	all, err := r.store.ColumnsOf(r.t.Context(), ws, r.schema, 0, []catalog.AssetID{id})
	if err != nil {
		r.t.Fatal(err)
	}
	var names []string
	for _, c := range all[id] {
		if c.Present {
			names = append(names, c.Name)
		}
	}
	return names
}

// edges are the table edges that are served, "a → b (source)", by relation.
func (r *rig) edges() []string {
	r.t.Helper()
	edges, err := r.store.EdgesOf(r.t.Context(), ws, r.schema, 0, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	var out []string
	for _, e := range edges {
		from := e.FromNode + "?"
		if e.From != 0 {
			from = r.name(e.From)
		}
		out = append(out, fmt.Sprintf("%s → %s (%s)", from, r.name(e.To), e.Source))
	}
	slices.Sort(out)
	return out
}

func (r *rig) name(id catalog.AssetID) string {
	r.t.Helper()
	a, _, err := r.store.Asset(r.t.Context(), ws, id, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	if a.RelationKey == "" {
		return a.Name
	}
	return strings.TrimPrefix(a.RelationKey, "db.")
}

// lineage is the column lineage of a relation, "column < table.column", sorted;
// nil where nothing is traced.
func (r *rig) lineage(relation string) []string {
	r.t.Helper()
	rows, err := r.store.ColumnEdgesOf(r.t.Context(), ws, r.schema, 0, []catalog.AssetID{r.at(relation).ID})
	if err != nil {
		r.t.Fatal(err)
	}
	if len(rows) == 0 {
		return nil
	}
	b, err := lineage.Decode(rows[0].Block)
	if err != nil {
		r.t.Fatal(err)
	}
	out := []string{}
	for _, o := range b.Outputs {
		for _, e := range o.Edges {
			ref := b.Refs[e.Ref]
			from := ref.Key + "?"
			if ref.Table != 0 {
				from = r.name(catalog.AssetID(ref.Table))
			}
			out = append(out, fmt.Sprintf("%s < %s.%s", o.Name, from, e.Column))
		}
	}
	slices.Sort(out)
	return out
}

// issues are those of the code that makes a relation, one a line.
func (r *rig) issues(relation string) string {
	r.t.Helper()
	rows, err := r.store.ColumnEdgesOf(r.t.Context(), ws, r.schema, 0, []catalog.AssetID{r.at(relation).ID})
	if err != nil || len(rows) != 1 {
		r.t.Fatal(rows, err)
	}
	b, err := lineage.Decode(rows[0].Block)
	if err != nil {
		r.t.Fatal(err)
	}
	var out strings.Builder
	for _, i := range b.Issues {
		fmt.Fprintln(&out, i.Code, i.Message)
	}
	return out.String()
}

func wantStrings(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// version is the number of the served version.
func (r *rig) version() int64 {
	r.t.Helper()
	s, err := r.store.Schema(r.t.Context(), ws, r.schema)
	if err != nil {
		r.t.Fatal(err)
	}
	return s.Version
}

// failing is a reader that fails.
type failing struct{ err error }

func (f failing) ReadFacets(context.Context, []int) ([]catalog.Facet, Texts, error) {
	return nil, nil, f.err
}

func (f failing) FacetSize(int) int64 { return 0 }

func (f failing) TestSize(int) int64 { return 0 }

func (f failing) ReadTests(context.Context, []int) ([]catalog.Test, Texts, error) {
	return nil, nil, f.err
}
