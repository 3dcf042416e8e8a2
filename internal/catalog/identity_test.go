package catalog

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The tests below write a schema and claims in short:
//
//	asset  "1 model orders @ shop.main.orders", "2 - …" = removed
//	node   "1 dbt:a model.a.orders", with " reference" if it is one, then " gone" if withdrawn
//	claim  "dbt:a model.a.orders @ shop.main.orders", with " reference" if it is one, " same" if unchanged
//	answer "model.a.orders = 1", "= new 1", with " from 2" where facets move
type identityCase struct {
	name     string
	platform string // postgres unless named
	assets   []string
	nodes    []string
	claims   []string
	want     []string
}

func parseAsset(platform, s string) StoredAsset {
	head, key, _ := strings.Cut(s, " @ ")
	var a StoredAsset
	var state string
	if n, _ := fmt.Sscanf(head, "%d %s %s %s", &a.ID, &state, &a.Kind, &a.Name); n < 4 {
		panic("asset " + s)
	}
	a.Present = state == "+"
	a.RelationKey = relationOf(platform, key).Key()
	return a
}

func parseNode(s string) StoredNode {
	var n StoredNode
	s, n.Withdrawn = strings.CutSuffix(s, " gone")
	s, n.Reference = strings.CutSuffix(s, " reference")
	if k, _ := fmt.Sscanf(s, "%d %s %s", &n.Asset, &n.Origin, &n.UniqueID); k < 3 {
		panic("node " + s)
	}
	return n
}

// kindOf reads the type that leads a unique_id, of tables and of all else.
func kindOf(uniqueID string) Kind {
	head, _, _ := strings.Cut(uniqueID, ".")
	return Kind(head)
}

func parseClaim(platform, s string) Claim {
	s, same := strings.CutSuffix(s, " same")
	s, reference := strings.CutSuffix(s, " reference")
	head, relation, _ := strings.Cut(s, " @ ")
	origin, id, _ := strings.Cut(head, " ")
	c := Claim{Origin: Origin(origin), UniqueID: id, Kind: kindOf(id), Name: id[strings.LastIndex(id, ".")+1:], Same: same, Reference: reference}
	c.Relation = relationOf(platform, relation)
	if c.Origin.ByRelation() {
		c.Kind = KindTable
		c.Relation = WarehouseRelation(platform, c.Relation.Database, c.Relation.Schema, c.Relation.Identifier)
	}
	return c
}

// relationOf reads "db.schema.table"; ".schema.table" lacks a database.
func relationOf(platform, s string) Relation {
	if s == "" {
		return Relation{}
	}
	r, ok := ParseRelationName(platform, strings.TrimPrefix(s, "."))
	if !ok {
		panic("relation " + s)
	}
	return r
}

func (tt identityCase) identities() *Identities {
	var assets []StoredAsset
	var nodes []StoredNode
	for _, s := range tt.assets {
		assets = append(assets, parseAsset(tt.platform, s))
	}
	for _, s := range tt.nodes {
		nodes = append(nodes, parseNode(s))
	}
	return NewIdentities(assets, nodes)
}

func (tt identityCase) resolve() []string {
	var claims []Claim
	for _, s := range tt.claims {
		claims = append(claims, parseClaim(tt.platform, s))
	}
	var got []string
	for _, r := range tt.identities().Resolve(claims) {
		got = append(got, formatResolution(r))
	}
	return got
}

func formatResolution(r Resolution) string {
	s := fmt.Sprintf("%s = %d", r.UniqueID, r.Asset)
	if r.Asset == 0 {
		s = fmt.Sprintf("%s = new %d", r.UniqueID, r.New)
	}
	if r.From != 0 {
		s += fmt.Sprintf(" from %d", r.From)
	}
	return s
}

func TestResolve(t *testing.T) {
	tests := []identityCase{
		{
			name:   "first import",
			claims: []string{"dbt:a model.a.x @ d.s.x", "dbt:a source.a.y @ d.s.y"},
			want:   []string{"model.a.x = new 1", "source.a.y = new 2"},
		},
		{
			name:   "again",
			assets: []string{"1 + model x @ d.s.x"},
			nodes:  []string{"1 dbt:a model.a.x"},
			claims: []string{"dbt:a model.a.x @ d.s.x"},
			want:   []string{"model.a.x = 1"},
		},
		{
			name:   "rename: new id, same relation, old id gone",
			assets: []string{"1 + model x @ d.s.x"},
			nodes:  []string{"1 dbt:a model.a.x"},
			claims: []string{"dbt:a model.a.y @ d.s.x"},
			want:   []string{"model.a.y = 1"},
		},
		{
			name:   "move: same id, new alias",
			assets: []string{"1 + model x @ d.s.x"},
			nodes:  []string{"1 dbt:a model.a.x"},
			claims: []string{"dbt:a model.a.x @ d.s.x2"},
			want:   []string{"model.a.x = 1"},
		},
		{
			name:   "move, and a new node takes the old relation",
			assets: []string{"1 + model x @ d.s.x"},
			nodes:  []string{"1 dbt:a model.a.x"},
			claims: []string{"dbt:a model.a.n @ d.s.x", "dbt:a model.a.x @ d.s.x2"},
			want:   []string{"model.a.n = new 1", "model.a.x = 1"},
		},
		{
			name:   "swap",
			assets: []string{"1 + model x @ d.s.x", "2 + model y @ d.s.y"},
			nodes:  []string{"1 dbt:a model.a.x", "2 dbt:a model.a.y"},
			claims: []string{"dbt:a model.a.x @ d.s.y", "dbt:a model.a.y @ d.s.x"},
			want:   []string{"model.a.x = 1", "model.a.y = 2"},
		},
		{
			name:   "swap under a crawl: the crawled tables change asset",
			assets: []string{"1 + model x @ d.s.x", "2 + model y @ d.s.y"},
			nodes:  []string{"1 dbt:a model.a.x", "2 dbt:a model.a.y", "1 crawl:pg d.s.x", "2 crawl:pg d.s.y"},
			claims: []string{"dbt:a model.a.x @ d.s.y", "dbt:a model.a.y @ d.s.x"},
			want:   []string{"model.a.x = 1", "model.a.y = 2", "d.s.x = 2 from 1", "d.s.y = 1 from 2"},
		},
		{
			name:   "split: the model moves away, the source stays and is new",
			assets: []string{"1 + model x @ d.s.x"},
			nodes:  []string{"1 dbt:a model.a.x", "1 dbt:a source.a.x"},
			claims: []string{"dbt:a model.a.x @ d.s.x2", "dbt:a source.a.x @ d.s.x"},
			want:   []string{"model.a.x = 1", "source.a.x = new 1 from 1"},
		},
		{
			name:   "split: a source of another project stays and is new",
			assets: []string{"1 + model x @ d.s.x"},
			nodes:  []string{"1 dbt:a model.a.x", "1 dbt:b source.b.x"},
			claims: []string{"dbt:a model.a.x @ d.s.x2"},
			want:   []string{"model.a.x = 1", "source.b.x = new 1 from 1"},
		},
		{
			name:   "split: the source moves to an asset that is there",
			assets: []string{"1 + model x @ d.s.x", "2 + source z @ d.s.z"},
			nodes:  []string{"1 dbt:a model.a.x", "1 dbt:a source.a.x", "2 dbt:b source.b.z"},
			claims: []string{"dbt:a model.a.x @ d.s.x", "dbt:a source.a.x @ d.s.z"},
			want:   []string{"model.a.x = 1", "source.a.x = 2 from 1"},
		},
		{
			name:   "split by crawl: the table that is left behind is new",
			assets: []string{"1 + model x @ d.s.x"},
			nodes:  []string{"1 dbt:a model.a.x", "1 crawl:pg d.s.x"},
			claims: []string{"dbt:a model.a.x @ d.s.x2"},
			want:   []string{"model.a.x = 1", "d.s.x = new 1 from 1"},
		},
		{
			name:   "split: a removed asset was last at the old relation",
			assets: []string{"1 + model x @ d.s.x", "2 - source z @ d.s.x"},
			nodes:  []string{"1 dbt:a model.a.x", "1 dbt:b source.b.x", "2 dbt:c source.c.z gone"},
			claims: []string{"dbt:a model.a.x @ d.s.x2"},
			want:   []string{"model.a.x = 1", "source.b.x = 2 from 1"},
		},
		{
			name:   "join: a model moves onto another project's source",
			assets: []string{"1 + model x @ d.s.x", "2 + source y @ d.s.y"},
			nodes:  []string{"1 dbt:a model.a.x", "2 dbt:b source.b.y"},
			claims: []string{"dbt:a model.a.x @ d.s.y"},
			want:   []string{"model.a.x = 1", "source.b.y = 1 from 2"},
		},
		{
			name:   "join: a model moves onto a crawled table",
			assets: []string{"1 + model x @ d.s.x", "2 + table y @ d.s.y"},
			nodes:  []string{"1 dbt:a model.a.x", "2 crawl:pg d.s.y"},
			claims: []string{"dbt:a model.a.x @ d.s.y"},
			want:   []string{"model.a.x = 1", "d.s.y = 1 from 2"},
		},
		{
			name:   "join of two models: the asset that stood there",
			assets: []string{"1 + model x @ d.s.x", "2 + model y @ d.s.y"},
			nodes:  []string{"1 dbt:a model.a.x", "2 dbt:b model.b.y"},
			claims: []string{"dbt:a model.a.x @ d.s.y"},
			want:   []string{"model.a.x = 2 from 1"},
		},
		{
			name:   "join of two models elsewhere: the older asset",
			assets: []string{"1 + model x @ d.s.x", "2 + model y @ d.s.y"},
			nodes:  []string{"1 dbt:a model.a.x", "2 dbt:a model.a.y"},
			claims: []string{"dbt:a model.a.x @ d.s.z", "dbt:a model.a.y @ d.s.z"},
			want:   []string{"model.a.x = 1", "model.a.y = 1 from 2"},
		},
		{
			name:   "delete, later reuse of the relation: restored",
			assets: []string{"1 - model x @ d.s.x"},
			nodes:  []string{"1 dbt:a model.a.x gone"},
			claims: []string{"dbt:a model.a.n @ d.s.x"},
			want:   []string{"model.a.n = 1"},
		},
		{
			name:   "delete, later the node comes back elsewhere: restored",
			assets: []string{"1 - model x @ d.s.x"},
			nodes:  []string{"1 dbt:a model.a.x gone"},
			claims: []string{"dbt:a model.a.x @ d.s.elsewhere"},
			want:   []string{"model.a.x = 1"},
		},
		{
			name:   "the old node comes back while a live one has its asset",
			assets: []string{"1 + model n @ d.s.x"},
			nodes:  []string{"1 dbt:a model.a.x gone", "1 dbt:a model.a.n"},
			claims: []string{"dbt:a model.a.x @ d.s.z", "dbt:a model.a.n @ d.s.x"},
			want:   []string{"model.a.x = new 1 from 1", "model.a.n = 1"},
		},
		{
			name:   "the old model comes back elsewhere while a source has its asset",
			assets: []string{"1 + source x @ d.s.x"},
			nodes:  []string{"1 dbt:a model.a.x gone", "1 dbt:b source.b.x"},
			claims: []string{"dbt:a model.a.x @ d.s.z"},
			want:   []string{"model.a.x = new 1 from 1"},
		},
		{
			name:   "two removed assets were at the relation: the newer one",
			assets: []string{"1 - model x @ d.s.x", "2 - model y @ d.s.x"},
			nodes:  []string{"1 dbt:a model.a.x gone", "2 dbt:a model.a.y gone"},
			claims: []string{"dbt:a model.a.n @ d.s.x"},
			want:   []string{"model.a.n = 2"},
		},
		{
			name:   "versioned models are an asset each",
			assets: []string{"1 + model c @ d.s.c_v1"},
			nodes:  []string{"1 dbt:a model.a.c.v1"},
			claims: []string{"dbt:a model.a.c.v1 @ d.s.c_v1", "dbt:a model.a.c.v2 @ d.s.c_v2"},
			want:   []string{"model.a.c.v1 = 1", "model.a.c.v2 = new 1"},
		},
		{
			name:   "two nodes of one manifest on one relation",
			claims: []string{"dbt:a model.a.x @ d.s.x", "dbt:a source.a.x @ d.s.x"},
			want:   []string{"model.a.x = new 1", "source.a.x = new 1"},
		},
		{
			name:   "a source that is another project's model, model first",
			assets: []string{"1 + model x @ d.s.x"},
			nodes:  []string{"1 dbt:a model.a.x"},
			claims: []string{"dbt:b source.b.x @ d.s.x"},
			want:   []string{"source.b.x = 1"},
		},
		{
			name:   "a source that is another project's model, source first",
			assets: []string{"1 + source x @ d.s.x"},
			nodes:  []string{"1 dbt:b source.b.x"},
			claims: []string{"dbt:a model.a.x @ d.s.x"},
			want:   []string{"model.a.x = 1"},
		},
		{
			name:   "the same id in two projects is two things",
			assets: []string{"1 + model x @ d.s.x"},
			nodes:  []string{"1 dbt:a model.p.x"},
			claims: []string{"dbt:b model.p.x @ d.s2.x"},
			want:   []string{"model.p.x = new 1"},
		},
		{
			name:   "crawl before dbt",
			assets: []string{"1 + table x @ d.s.x"},
			nodes:  []string{"1 crawl:pg d.s.x"},
			claims: []string{"dbt:a model.a.x @ d.s.x"},
			want:   []string{"model.a.x = 1"},
		},
		{
			name:   "crawl after dbt, case told apart by quotes only",
			assets: []string{"1 + model x @ d.s.x"},
			nodes:  []string{"1 dbt:a model.a.x"},
			claims: []string{"crawl:pg d.s.x @ d.s.x", "crawl:pg d.s.X @ d.s.X"},
			want:   []string{"d.s.x = 1", "d.s.X = new 1"},
		},
		{
			name: "snowflake: case folds", platform: "snowflake",
			assets: []string{"1 + table X @ D.S.X"},
			nodes:  []string{"1 crawl:sf D.S.X"},
			claims: []string{"dbt:a model.a.x @ d.s.x"},
			want:   []string{"model.a.x = 1"},
		},
		{
			name: "snowflake: a quoted name is another one", platform: "snowflake",
			assets: []string{"1 + table X @ D.S.X"},
			nodes:  []string{"1 crawl:sf D.S.X"},
			claims: []string{`dbt:a model.a.x @ d.s."x"`},
			want:   []string{"model.a.x = new 1"},
		},
		{
			name: "bigquery: case tells apart", platform: "bigquery",
			assets: []string{"1 + table X @ d.s.X"},
			nodes:  []string{"1 crawl:bq d.s.X"},
			claims: []string{"dbt:a model.a.x @ d.s.x"},
			want:   []string{"model.a.x = new 1"},
		},
		{
			name: "databricks: folds in quotes too", platform: "databricks",
			assets: []string{"1 + table x @ d.s.x"},
			nodes:  []string{"1 crawl:db d.s.x"},
			claims: []string{"dbt:a model.a.x @ `D`.`S`.`X`"},
			want:   []string{"model.a.x = 1"},
		},
		{
			name:   "no database finds the only one",
			assets: []string{"1 + table x @ d.s.x"},
			nodes:  []string{"1 crawl:pg d.s.x"},
			claims: []string{"dbt:a model.a.x @ .s.x"},
			want:   []string{"model.a.x = 1"},
		},
		{
			name:   "a database finds the asset without",
			assets: []string{"1 + model x @ .s.x"},
			nodes:  []string{"1 dbt:a model.a.x"},
			claims: []string{"crawl:pg d.s.x @ d.s.x"},
			want:   []string{"d.s.x = 1"},
		},
		{
			name:   "no database and two to choose from: a new one",
			assets: []string{"1 + table x @ d.s.x", "2 + table x @ e.s.x"},
			nodes:  []string{"1 crawl:pg d.s.x", "2 crawl:pg e.s.x"},
			claims: []string{"dbt:a model.a.x @ .s.x"},
			want:   []string{"model.a.x = new 1"},
		},
		{
			name:   "what was found stays found when a second database turns up",
			assets: []string{"1 + model x @ d.s.x"},
			nodes:  []string{"1 crawl:pg d.s.x", "1 dbt:a model.a.x"},
			claims: []string{"dbt:a model.a.x @ .s.x", "crawl:pg e.s.x @ e.s.x"},
			want:   []string{"model.a.x = 1", "e.s.x = new 1"},
		},
		{
			name:   "no database, only removed ones to choose from",
			assets: []string{"1 - table x @ d.s.x"},
			nodes:  []string{"1 crawl:pg d.s.x gone"},
			claims: []string{"dbt:a model.a.x @ .s.x"},
			want:   []string{"model.a.x = 1"},
		},
		{
			name:   "ephemeral: by id alone",
			assets: []string{"1 + model x @ "},
			nodes:  []string{"1 dbt:a model.a.x"},
			claims: []string{"dbt:a model.a.x", "dbt:a model.b.x"},
			want:   []string{"model.a.x = 1", "model.b.x = new 1"},
		},
		{
			name:   "a table becomes ephemeral: the crawled table is left behind",
			assets: []string{"1 + model x @ d.s.x"},
			nodes:  []string{"1 dbt:a model.a.x", "1 crawl:pg d.s.x"},
			claims: []string{"dbt:a model.a.x"},
			want:   []string{"model.a.x = 1", "d.s.x = new 1 from 1"},
		},
		{
			name:   "no table: by id, else by kind and name if its node is gone",
			assets: []string{"1 + group fin @ ", "2 + macro m @ "},
			nodes:  []string{"1 dbt:a group.old.fin", "2 dbt:a macro.old.m"},
			claims: []string{"dbt:a group.new.fin", "dbt:a macro.old.m", "dbt:a macro.new.m"},
			want:   []string{"group.new.fin = 1", "macro.old.m = 2", "macro.new.m = new 1"},
		},
		{
			name:   "the owner moves before the project that refers to it: both stay together",
			assets: []string{"1 + model x @ d.s.x"},
			nodes:  []string{"1 dbt:a model.core.x reference", "1 dbt:core model.core.x"},
			claims: []string{"dbt:core model.core.x @ d.s.y"},
			want:   []string{"model.core.x = 1"},
		},
		{
			name:   "the owner moves and nothing of the referring project changed",
			assets: []string{"1 + model x @ d.s.x"},
			nodes:  []string{"1 dbt:a model.core.x reference", "1 dbt:core model.core.x"},
			claims: []string{"dbt:core model.core.x @ d.s.y", "dbt:a model.core.x @ d.s.x same"},
			want:   []string{"model.core.x = 1", "model.core.x = 1"},
		},
		{
			name:   "the reference moves first: the asset stays with its owner",
			assets: []string{"1 + model x @ d.s.x"},
			nodes:  []string{"1 dbt:a model.core.x", "1 dbt:core model.core.x"},
			claims: []string{"dbt:a model.core.x @ d.s.y reference"},
			want:   []string{"model.core.x = new 1 from 1"},
		},
		{
			name:   "then the owner moves to it: the asset is the owner's",
			assets: []string{"1 + model x @ d.s.x", "2 + model x @ d.s.y"},
			nodes:  []string{"2 dbt:a model.core.x reference", "1 dbt:core model.core.x"},
			claims: []string{"dbt:core model.core.x @ d.s.y"},
			want:   []string{"model.core.x = 1", "model.core.x = 1 from 2"},
		},
		{
			name:   "a source precedes a reference, another model of its id does not follow the owner",
			assets: []string{"1 + model x @ d.s.x"},
			nodes:  []string{"1 dbt:a model.core.x reference", "1 dbt:b source.b.x", "1 dbt:c model.core.x"},
			claims: []string{"dbt:b source.b.x @ d.s.y"},
			want:   []string{"source.b.x = new 1 from 1"},
		},
		{
			name:   "no table: two of one name are not guessed at",
			assets: []string{"1 + group fin @ "},
			nodes:  []string{"1 dbt:a group.old.fin"},
			claims: []string{"dbt:a group.p.fin", "dbt:a group.q.fin"},
			want:   []string{"group.p.fin = new 1", "group.q.fin = new 2"},
		},
		{
			name:   "a function is not the table of its name",
			assets: []string{"1 + model x @ d.s.x"},
			nodes:  []string{"1 dbt:a model.a.x"},
			claims: []string{"dbt:a model.a.x @ d.s.x", "dbt:a function.a.x @ d.s.x"},
			want:   []string{"model.a.x = 1", "function.a.x = new 1"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.platform == "" {
				tt.platform = "postgres"
			}
			if diff := cmp.Diff(tt.want, tt.resolve()); diff != "" {
				t.Errorf("resolutions (-want +got):\n%s", diff)
			}
		})
	}
}

// UnclearReferences names the assets where a move makes it matter who only refers to a node.
func TestUnclearReferences(t *testing.T) {
	tt := identityCase{
		platform: "postgres",
		assets:   []string{"1 + model x @ d.s.x", "2 + model y @ d.s.y", "3 + model z @ d.s.z", "4 + source w @ d.s.w"},
		nodes: []string{
			"1 dbt:a model.core.x", "1 dbt:core model.core.x", "2 dbt:a model.core.y", "3 dbt:core model.core.z", "4 dbt:a source.a.w", "4 dbt:core model.core.w",
		},
	}
	for claim, want := range map[string][]AssetID{
		"dbt:core model.core.x @ d.s.x":      nil,    // does not move
		"dbt:core model.core.x @ d.s.n":      {1},    // leaves what another project has too
		"dbt:core model.core.x @ d.s.y":      {1, 2}, // and comes to what only that one has
		"dbt:core model.core.x @ .s.y":       {1, 2}, // wherever
		"dbt:core model.core.z @ d.s.n":      nil,    // only its own
		"dbt:core model.core.w @ d.s.n":      nil,    // a source is not a reference
		"dbt:core model.core.new @ d.s.x":    nil,    // has no asset to take along
		"dbt:core model.core.x @ d.s.n same": nil,    // cannot have moved
		"dbt:core model.core.x":              {1},    // ephemeral now
	} {
		if got := tt.identities().UnclearReferences([]Claim{parseClaim("postgres", claim)}); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", claim, got, want)
		}
	}
	ids := tt.identities()
	ids.MarkReferences([]Facet{
		{Origin: "dbt:a", Source: FromManifest, UniqueID: "model.core.x", Body: Body{DBT: &DBT{External: true}}},
		{Origin: "dbt:core", Source: FromManifest, UniqueID: "model.core.x", Body: Body{DBT: &DBT{}}},
		{Origin: "dbt:a", Source: FromCatalog, UniqueID: "model.core.x"},
	})
	got := ids.Resolve([]Claim{parseClaim("postgres", "dbt:core model.core.x @ d.s.n")})
	if len(got) != 1 || formatResolution(got[0]) != "model.core.x = 1" {
		t.Errorf("%v", got)
	}
}

func TestResolveByKeyAlone(t *testing.T) {
	ids := NewIdentities([]StoredAsset{{ID: 1, Kind: KindModel, RelationKey: "d.s.x", Present: true}}, nil)
	got := ids.Resolve([]Claim{{Origin: "dbt:a", UniqueID: "model.a.x", Kind: KindModel, RelationKey: "d.s.x"}})
	if want := "model.a.x = 1"; formatResolution(got[0]) != want {
		t.Errorf("%s, want %s", formatResolution(got[0]), want)
	}
}

func BenchmarkResolve(b *testing.B) {
	var assets []StoredAsset
	var nodes []StoredNode
	var claims []Claim
	for i := range 24_000 {
		id := fmt.Sprintf("model.shop.m%d", i)
		r := NewRelation("postgres", "shop", "main", fmt.Sprintf("m%d", i), fmt.Sprintf(`"shop"."main"."m%d"`, i))
		assets = append(assets, StoredAsset{ID: AssetID(i + 1), Kind: KindModel, RelationKey: r.Key(), Present: true})
		nodes = append(nodes, StoredNode{Asset: AssetID(i + 1), Origin: "dbt:a", UniqueID: id})
		claims = append(claims, Claim{Origin: "dbt:a", UniqueID: id, Kind: KindModel, Relation: r})
	}
	for b.Loop() {
		NewIdentities(assets, nodes).Resolve(claims)
	}
}
