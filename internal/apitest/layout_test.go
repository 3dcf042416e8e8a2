package apitest

import (
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
)

func TestLineageLayout(t *testing.T) { lineageLayout(t, Options{}) }

func TestLineageLayoutOnPostgres(t *testing.T) { lineageLayout(t, Options{Store: OnPostgres}) }

func lineageLayout(t *testing.T, o Options) {
	t.Helper()
	t.Parallel()
	r := newRig(t, o)
	path := "/api/v1/lineage?schema_id=" + r.schema + "&select=2%2Bfct_orders%2B1"
	plain, placed := r.Get(t, path, r.key), r.Get(t, path+"&layout=true", r.key)
	if len(plain.At(t, "data.nodes").([]any)) != len(placed.At(t, "data.nodes").([]any)) || strings.Contains(string(plain.Body), `"x"`) {
		t.Errorf("plain: %s\nplaced: %s", plain.Body, placed.Body)
	}
	places := map[string][2]float64{} // left and right
	for _, n := range placed.At(t, "data.nodes").([]any) {
		x, wide := At(n, "attributes.x").(float64), At(n, "attributes.width").(float64)
		places[At(n, "id").(string)] = [2]float64{x, x + wide}
		if At(n, "attributes.upstream_drawn").(float64) > At(n, "attributes.upstream").(float64) {
			t.Errorf("more is drawn than there is: %v", n)
		}
	}
	edges := placed.At(t, "data.edges").([]any)
	if len(edges) != len(plain.At(t, "data.edges").([]any)) {
		t.Errorf("%d edges", len(edges))
	}
	for _, e := range edges {
		points := At(e, "points").([]any)
		from, to := places[At(e, "from").(string)], places[At(e, "to").(string)]
		if At(points[0], "x") != from[1] || At(points[len(points)-1], "x") != to[0] || from[1] >= to[0] {
			t.Errorf("edge %v between %v and %v", e, from, to)
		}
	}
	if got := placed.At(t, "meta.boxes"); got != placed.At(t, "meta.nodes") {
		t.Errorf("boxes %v: %v", got, placed.At(t, "meta"))
	}
	cached := r.Do(t, "GET", path+"&layout=true", r.key, nil, "If-None-Match", placed.Header.Get("ETag"))
	if cached.Status != 304 {
		t.Errorf("the same picture again: %d", cached.Status)
	}
}

func TestLineageHasStatuses(t *testing.T) { lineageStatuses(t, Options{}) }

func TestLineageHasStatusesOnPostgres(t *testing.T) { lineageStatuses(t, Options{Store: OnPostgres}) }

// The status of a node is the worst of what lists of assets have about it, and kind= leaves other kinds out.
func lineageStatuses(t *testing.T, o Options) {
	t.Helper()
	t.Parallel()
	r := newRig(t, o)
	graph := r.Get(t, "/api/v1/lineage?schema_id="+r.schema, r.key)
	found := map[any]int{}
	for _, n := range graph.At(t, "data.nodes").([]any) {
		status := At(n, "attributes.status")
		found[status]++
		if At(n, "type") != "table" {
			continue
		}
		asset := r.Get(t, "/api/v1/assets/"+At(n, "id").(string), r.key)
		failing, warning := asset.At(t, "data.attributes.tests.fail").(float64), asset.At(t, "data.attributes.tests.warn").(float64)
		if failing > 0 && status != "fail" && status != "error" || warning > 0 && status == "pass" {
			t.Errorf("%v has the status %v, with %v failing and %v warning tests", At(n, "attributes.name"), status, failing, warning)
		}
	}
	if found["warn"] == 0 || found["pass"] == 0 || found["stale"] == 0 || found[nil] == 0 {
		t.Errorf("statuses %v", found)
	}
	few := r.Get(t, "/api/v1/lineage?schema_id="+r.schema+"&layout=true&select=1%2Bfct_orders%2B1&kind=source,model", r.key)
	for _, n := range few.At(t, "data.nodes").([]any) {
		if kind := At(n, "attributes.kind"); kind != "model" && kind != "source" {
			t.Errorf("a node of kind %v", kind)
		}
	}
	if few.At(t, "meta.nodes") != few.At(t, "meta.total_nodes") {
		t.Errorf("nodes of other kinds are counted: %v", few.At(t, "meta"))
	}
	if reply := r.Get(t, "/api/v1/lineage?schema_id="+r.schema+"&kind=nonsense", r.key); reply.Status != 400 {
		t.Errorf("an unknown kind: %d", reply.Status)
	}
}

func TestLineageIsFolded(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	path := "/api/v1/lineage?schema_id=" + r.schema + "&layout=true&fold=1&select=1%2Bfct_orders%2B1"
	reply := r.Get(t, path, r.key)
	folds := reply.At(t, "data.folds").([]any)
	boxes, folded := len(folds)+len(reply.At(t, "data.nodes").([]any)), 0.0
	for _, f := range folds {
		folded += At(f, "count").(float64)
	}
	if reply.At(t, "meta.folded") != folded || reply.At(t, "meta.boxes") != float64(boxes) || folded < 4 || reply.At(t, "meta.truncated") != false {
		t.Errorf("%v, %d boxes", reply.At(t, "meta"), boxes)
	}
	if len(reply.At(t, "data.fold_edges").([]any)) < len(folds) {
		t.Errorf("%s", reply.Body)
	}
	cut := r.Get(t, "/api/v1/lineage?schema_id="+r.schema+"&layout=true&limit=7", r.key)
	if cut.At(t, "meta.boxes").(float64) > 7 || cut.At(t, "meta.truncated") != true || cut.At(t, "meta.total_nodes").(float64) < 20 {
		t.Errorf("%v", cut.At(t, "meta"))
	}
}

// A drawing is what a client gets that asks for one, and is well-formed.
func TestLineageDrawing(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	path := "/api/v1/lineage?schema_id=" + r.schema + "&select=2%2Bfct_orders%2B1"
	for accept, media := range map[string]string{
		"image/svg+xml": "image/svg+xml", "image/avif,image/svg+xml,image/*,*/*;q=0.8": "image/svg+xml", "": "application/json", "*/*": "application/json",
		"application/json, image/svg+xml;q=0.5": "application/json", "text/html,*/*;q=0.8": "application/json", "image/svg+xml;q=0": "application/json",
	} {
		reply := r.Do(t, "GET", path, r.key, nil, "Accept", accept)
		if got := reply.Header.Get("Content-Type"); reply.Status != 200 || got != media || !strings.Contains(strings.Join(reply.Header.Values("Vary"), ","), "Accept,") {
			t.Errorf("Accept %q: %d %q %v", accept, reply.Status, got, reply.Header.Values("Vary"))
		}
	}
	reply := r.Do(t, "GET", path, r.key, nil, "Accept", "image/svg+xml")
	if !strings.Contains(string(reply.Body), ">fct_orders<") {
		t.Errorf("%s", reply.Body)
	}
	wellFormed(t, reply.Body)
	other := r.Do(t, "GET", "/api/v1/schemas/"+r.schema, r.key, nil, "Accept", "image/svg+xml")
	if other.Status != 200 || other.Header.Get("Content-Type") != "application/json" {
		t.Errorf("what has no drawing: %d %v", other.Status, other.Header)
	}
	if bad := r.Do(t, "GET", path+"&limit=0", r.key, nil, "Accept", "image/svg+xml"); bad.Status != 400 || bad.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("a problem instead of a drawing: %d %v", bad.Status, bad.Header)
	}
}

func wellFormed(t *testing.T, document []byte) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(string(document))); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%v in %s", err, document)
		}
		if e, ok := token.(xml.StartElement); ok && !strings.Contains(" svg title rect g path text circle ", " "+e.Name.Local+" ") {
			t.Errorf("element %s", e.Name.Local)
		}
	}
}

// Names are texts in a drawing, whatever is in them.
func TestHostileNamesAreTexts(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{})
	key, schema := s.Key(t, access.AdminWorkspace), s.Schema(t, "Analytics Warehouse")
	manifest := `{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/manifest/v12.json","project_name":"p","adapter_type":"postgres","generated_at":"2026-01-01T00:00:00Z"},
		"nodes":{"model.p.a":{"unique_id":"model.p.a","resource_type":"model","name":"</title><script>alert(1)</script>\"'&\u202e]]>","package_name":"p","database":"d","schema":"s","alias":"a","depends_on":{"nodes":[]}}},
		"sources":{},"exposures":{},"metrics":{},"macros":{},"parent_map":{},"child_map":{}}`
	s.Import(t, key, schema, File("manifest", "manifest.json", []byte(manifest)))
	for _, path := range []string{"/api/v1/lineage?schema_id=" + schema, "/api/v1/map?schema_id=" + schema} {
		reply := s.Do(t, "GET", path, key, nil, "Accept", "image/svg+xml")
		wellFormed(t, reply.Body)
		if reply.Status != 200 || strings.Contains(string(reply.Body), "<script") || strings.Contains(string(reply.Body), "\u202e") {
			t.Errorf("%s: %d %s", path, reply.Status, reply.Body)
		}
	}
}

func TestMap(t *testing.T) { mapOfSchema(t, Options{}) }

func TestMapOnPostgres(t *testing.T) { mapOfSchema(t, Options{Store: OnPostgres}) }

func mapOfSchema(t *testing.T, o Options) {
	t.Helper()
	t.Parallel()
	r := newRig(t, o)
	for _, by := range []string{"folder", "schema", "package", "tag", "owner"} {
		path := "/api/v1/map?schema_id=" + r.schema + "&by=" + by
		reply := r.Get(t, path, r.key)
		groups := reply.At(t, "data.groups").([]any)
		ids, assets := map[any]bool{}, 0.0
		for _, g := range groups {
			ids[At(g, "id")] = true
			assets += At(g, "assets").(float64)
		}
		if single := by != "tag" && by != "owner"; len(ids) == 0 || single && assets != reply.At(t, "meta.total_assets") || assets < reply.At(t, "meta.assets").(float64) {
			t.Errorf("%s: %s", by, reply.Body)
		}
		for _, e := range reply.At(t, "data.edges").([]any) {
			if !ids[At(e, "from")] || !ids[At(e, "to")] || At(e, "weight").(float64) < 1 || len(At(e, "points").([]any)) < 2 {
				t.Errorf("%s: %v", by, e)
			}
		}
		drawing := r.Do(t, "GET", path, r.key, nil, "Accept", "image/svg+xml")
		if drawing.Header.Get("Content-Type") != "image/svg+xml" || drawing.Header.Get("ETag") == reply.Header.Get("ETag") {
			t.Errorf("%s: %v", by, drawing.Header)
		}
		wellFormed(t, drawing.Body)
		if again := r.Do(t, "GET", path, r.key, nil, "If-None-Match", reply.Header.Get("ETag")); again.Status != 304 {
			t.Errorf("%s: the same map again: %d", by, again.Status)
		}
	}
	mapOfExpanded(t, r)
	cut := r.Get(t, "/api/v1/map?depth=9&limit=2&schema_id="+r.schema, r.key)
	if cut.At(t, "meta.groups") != 2.0 || cut.At(t, "meta.truncated") != true || cut.At(t, "meta.total_groups").(float64) <= 2 {
		t.Errorf("%v", cut.At(t, "meta"))
	}
	if empty := r.Get(t, "/api/v1/map?at=0&schema_id="+r.schema, r.key); empty.Status != 200 || len(empty.At(t, "data.groups").([]any)) != 0 {
		t.Errorf("before the first import: %d %s", empty.Status, empty.Body)
	}
	if bad := r.Get(t, "/api/v1/map?by=color&schema_id="+r.schema, r.key); bad.Status != 400 {
		t.Errorf("by=color: %d", bad.Status)
	}
}

// The assets of an expanded group take its place, with all edges that it has.
func mapOfExpanded(t *testing.T, r rig) {
	t.Helper()
	for _, by := range []string{"folder", "tag"} {
		path := "/api/v1/map?schema_id=" + r.schema + "&by=" + by
		whole := r.Get(t, path, r.key)
		groups := whole.At(t, "data.groups").([]any)
		first := groups[slices.IndexFunc(groups, func(g any) bool { return At(g, "name") != nil })]
		open := r.Get(t, path+"&expand="+url.QueryEscape(At(first, "name").(string)), r.key)
		single := 0.0
		for _, g := range open.At(t, "data.groups").([]any) {
			if At(g, "asset") == nil {
				continue
			}
			single++
			asset := r.Get(t, "/api/v1/assets/"+At(g, "asset").(string), r.key)
			if asset.At(t, "data.attributes.name") != At(g, "title") || At(g, "assets") != 1.0 {
				t.Errorf("%s: %v", by, g)
			}
		}
		if single != At(first, "assets") || open.At(t, "meta.total_groups").(float64) != whole.At(t, "meta.total_groups").(float64)+single-1 {
			t.Errorf("%s: %v assets of %v", by, single, first)
		}
		if sum(t, open)-sum(t, whole) != At(first, "inside").(float64) && by == "folder" {
			t.Errorf("edges: %v, expanded %v, inside %v", sum(t, whole), sum(t, open), At(first, "inside"))
		}
	}
	if none := r.Get(t, "/api/v1/map?expand=nonsense&schema_id="+r.schema, r.key); none.Status != 200 {
		t.Errorf("expand=nonsense: %d", none.Status)
	}
}

// sum is the number of edges between groups.
func sum(t *testing.T, reply Reply) (n float64) {
	t.Helper()
	for _, e := range reply.At(t, "data.edges").([]any) {
		n += At(e, "weight").(float64)
	}
	return n
}

// The edges of a map are those of the lineage.
func TestMapHasEveryEdge(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	want := 0
	for _, e := range r.Get(t, "/api/v1/lineage?limit=2000&schema_id="+r.schema, r.key).At(t, "data.edges").([]any) {
		if !strings.HasPrefix(At(e, "from").(string), "FUN") && !strings.HasPrefix(At(e, "to").(string), "UNT") && !strings.HasPrefix(At(e, "to").(string), "ANA") {
			want++
		}
	}
	for _, by := range []string{"folder", "schema", "package"} {
		got, reply := 0.0, r.Get(t, "/api/v1/map?by="+by+"&schema_id="+r.schema, r.key)
		for _, g := range reply.At(t, "data.groups").([]any) {
			got += At(g, "inside").(float64)
		}
		for _, e := range reply.At(t, "data.edges").([]any) {
			got += At(e, "weight").(float64)
		}
		if got != float64(want) {
			t.Errorf("%s: %v edges, want %d", by, got, want)
		}
	}
}
