package catalog

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var ordersRelation = NewRelation("postgres", "shop", "main", "orders", `"shop"."main"."orders"`)

// manifestFacet is a model's facet of project "shop".
func manifestFacet(description string, columns ...BodyColumn) Facet {
	return Facet{
		Origin: "dbt:shop", Source: FromManifest, UniqueID: "model.shop.orders", Project: 1, Cause: ImportCause(1), At: reported(1),
		Body: Body{
			Kind: KindModel, Name: "orders", Relation: ordersRelation, Materialized: "table",
			Description: description, Columns: columns, DBT: &DBT{UniqueID: "model.shop.orders", ResourceType: "model"},
		},
	}
}

func catalogFacet(columns ...BodyColumn) Facet {
	return Facet{
		Origin: "dbt:shop", Source: FromCatalog, UniqueID: "model.shop.orders", Project: 1, Cause: ImportCause(1), At: reported(1),
		Body: Body{Kind: KindModel, Relation: WarehouseRelation("postgres", "shop", "main", "orders"), Columns: columns},
	}
}

func crawlFacet(columns ...BodyColumn) Facet {
	return Facet{
		Origin: "crawl:pg", Source: FromCrawl, UniqueID: "shop.main.orders", Cause: ImportCause(1), At: reported(1),
		Body: Body{
			Kind: KindTable, Name: "orders", Relation: WarehouseRelation("postgres", "shop", "main", "orders"),
			Columns: columns,
		},
	}
}

func userFacet(edits ...Edit) Facet {
	return Facet{Origin: OriginUser, Source: FromUser, Body: Body{Edits: edits}}
}

func describe(text string) Edit {
	return Edit{Field: "description", Text: text, By: ana, At: time.Unix(1, 0)}
}

func column(name, native string) BodyColumn { return BodyColumn{Name: name, NativeType: native} }

func withText(c BodyColumn, text string) BodyColumn { c.Description = text; return c }

func withdrawn(f Facet, by ImportID) Facet { f.Withdrawn = withdrawnBy(by); return f }

// reported is the time of the report of an import.
func reported(id ImportID) time.Time { return time.Unix(int64(id), 0).UTC() }

func withdrawnBy(id ImportID) Withdrawal { return Withdrawal{ImportCause(id), reported(id)} }

var ana = Actor{Kind: ActorKey, Name: "ana"}

func TestMergeDescription(t *testing.T) {
	own, hers := "ana's", "ana's"
	blank := manifestFacet("")
	blank.Body.Kept = &Kept{Value: "was", Cause: ImportCause(1), Since: ImportCause(9)}
	source := manifestFacet("of the source")
	source.Origin, source.UniqueID, source.Body.Kind = "dbt:other", "source.other.orders", KindSource
	comment := catalogFacet()
	comment.Body.Description = "comment"
	crawled := crawlFacet()
	crawled.Body.Description = "crawled"
	dbtText := Text{Value: "dbt's", Origin: "dbt:shop", Cause: ImportCause(1)}

	tests := []struct {
		name   string
		rule   Rule
		facets []Facet
		want   Text
	}{
		{"dbt alone", "", []Facet{manifestFacet("dbt's")}, dbtText},
		{
			"always: dbt's word wins and hides the person's", Always,
			[]Facet{manifestFacet("dbt's"), userFacet(describe(own))},
			Text{Value: "dbt's", Origin: "dbt:shop", Cause: ImportCause(1), Own: &hers},
		},
		{
			"always: a blank does not", Always,
			[]Facet{manifestFacet("  "), userFacet(describe(own))},
			Text{Value: own, Origin: OriginUser, By: ana, Own: &hers},
		},
		{
			"always: what dbt no longer says gives way to the person", Always,
			[]Facet{blank, userFacet(describe(own))},
			Text{Value: own, Origin: OriginUser, By: ana, Own: &hers, Hidden: []HiddenText{{Origin: "dbt:shop", Value: "was"}}},
		},
		{
			"blank never overwrites", Always,
			[]Facet{blank},
			Text{Value: "was", Origin: "dbt:shop", Cause: ImportCause(1), Since: ImportCause(9)},
		},
		{
			"smart: the person wins", Smart,
			[]Facet{manifestFacet("dbt's"), userFacet(describe(own))},
			Text{Value: own, Origin: OriginUser, By: ana, Own: &hers, Hidden: []HiddenText{{Origin: "dbt:shop", Value: "dbt's"}}},
		},
		{
			"smart: until the edit is withdrawn by a newer one", Smart,
			[]Facet{manifestFacet("dbt's"), userFacet(describe(own), Edit{Field: "description", By: ana, At: time.Unix(2, 0)})},
			dbtText,
		},
		{
			"never: dbt's is not taken", Never,
			[]Facet{manifestFacet("dbt's")},
			Text{Hidden: []HiddenText{{Origin: "dbt:shop", Value: "dbt's"}}},
		},
		{
			"never: a crawl's is", Never,
			[]Facet{manifestFacet("dbt's"), crawled},
			Text{Value: "crawled", Origin: "crawl:pg", Cause: ImportCause(1), Hidden: []HiddenText{{Origin: "dbt:shop", Value: "dbt's"}}},
		},
		{
			"always: the person goes before a crawl", Always,
			[]Facet{crawled, userFacet(describe(own))},
			Text{Value: own, Origin: OriginUser, By: ana, Own: &hers, Hidden: []HiddenText{{Origin: "crawl:pg", Value: "crawled"}}},
		},
		{
			"manifest before catalog before crawl", "",
			[]Facet{crawled, comment, manifestFacet("dbt's")},
			Text{
				Value: "dbt's", Origin: "dbt:shop", Cause: ImportCause(1),
				Hidden: []HiddenText{{Origin: "dbt:shop", Value: "comment"}, {Origin: "crawl:pg", Value: "crawled"}},
			},
		},
		{
			"model before source", "",
			[]Facet{source, manifestFacet("dbt's")},
			Text{Value: "dbt's", Origin: "dbt:shop", Cause: ImportCause(1), Hidden: []HiddenText{{Origin: "dbt:other", Value: "of the source"}}},
		},
		{
			"a blank model lets the source speak", "",
			[]Facet{source, manifestFacet("")},
			Text{Value: "of the source", Origin: "dbt:other", Cause: ImportCause(1)},
		},
		{
			"a withdrawn text stays until another says something", "",
			[]Facet{withdrawn(manifestFacet("dbt's"), 7), crawlFacet()},
			Text{Value: "dbt's", Origin: "dbt:shop", Cause: ImportCause(1), Since: ImportCause(7)},
		},
		{
			"of two withdrawn texts the later one", "",
			[]Facet{
				func() Facet { f := withdrawn(manifestFacet("first"), 3); f.UniqueID = "model.shop.a"; return f }(),
				withdrawn(manifestFacet("second"), 7), crawlFacet(),
			},
			Text{Value: "second", Origin: "dbt:shop", Cause: ImportCause(1), Since: ImportCause(7), Hidden: []HiddenText{{Origin: "dbt:shop", Value: "first"}}},
		},
		{
			"of two words of one node the newer one", "",
			[]Facet{manifestFacet("old"), next(manifestFacet("new"), 2)},
			Text{Value: "new", Origin: "dbt:shop", Cause: ImportCause(2)},
		},
		{
			"the newest edit stands, wherever it lies", Smart,
			[]Facet{manifestFacet("dbt's"), userFacet(Edit{Field: "description", By: ana, At: time.Unix(2, 0)}, describe(own))},
			dbtText,
		},
		{
			"and is hidden then", "",
			[]Facet{withdrawn(manifestFacet("dbt's"), 7), crawled},
			Text{Value: "crawled", Origin: "crawl:pg", Cause: ImportCause(1), Hidden: []HiddenText{{Origin: "dbt:shop", Value: "dbt's"}}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := Merge(1, tt.facets, Policy{Description: tt.rule})
			if diff := cmp.Diff(tt.want, got.Description); diff != "" {
				t.Errorf("description (-want +got):\n%s", diff)
			}
		})
	}
}

// Columns follow rules of their own.
func TestPolicyOfColumns(t *testing.T) {
	model := manifestFacet("dbt's")
	model.Body.Columns = []BodyColumn{{Name: "id", Description: "dbt's", Tags: []string{"dbt"}}}
	person := userFacet(
		Edit{Field: "description", Text: "mine"}, Edit{Field: "description", Column: "id", Text: "mine"},
		Edit{Field: "tags", Column: "id", Add: []string{"mine"}},
	)
	for _, tt := range []struct {
		policy       Policy
		asset, texts string
		tags         []string
	}{
		{Policy{}, "dbt's", "dbt's", []string{"dbt", "mine"}},
		{Policy{ColumnDescription: Smart}, "dbt's", "mine", []string{"dbt", "mine"}},
		{Policy{Description: Smart, Tags: Never}, "mine", "dbt's", []string{"dbt", "mine"}},
		{Policy{ColumnDescription: Never, ColumnTags: Never}, "dbt's", "mine", []string{"mine"}},
	} {
		a, columns := Merge(1, []Facet{model, person}, tt.policy)
		if a.Description.Value != tt.asset || columns[0].Description.Value != tt.texts || !slices.Equal(columns[0].Tags, tt.tags) {
			t.Errorf("%+v: asset %q, column %q %v", tt.policy, a.Description.Value, columns[0].Description.Value, columns[0].Tags)
		}
	}
}

func TestMergeLabels(t *testing.T) {
	model, source := manifestFacet(""), manifestFacet("")
	model.Body.Tags, model.Body.Owners = []string{"pii", "daily"}, []string{"ana"}
	source.Origin, source.UniqueID, source.Body.Kind = "dbt:other", "source.other.orders", KindSource
	source.Body.Tags = []string{"raw", "pii", " "}
	person := userFacet(
		Edit{Field: "tags", Add: []string{"old"}, At: time.Unix(1, 0)},
		Edit{Field: "tags", Add: []string{"gold"}, Remove: []string{"daily", "absent"}, At: time.Unix(2, 0)},
	)
	got, _ := Merge(1, []Facet{source, person, model}, Policy{})
	if diff := cmp.Diff([]string{"gold", "pii", "raw"}, got.Tags); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"ana"}, got.Owners); diff != "" {
		t.Errorf("owners (-want +got):\n%s", diff)
	}
	got, _ = Merge(1, []Facet{source, person, model}, Policy{Tags: Never})
	if diff := cmp.Diff([]string{"gold"}, got.Tags); diff != "" {
		t.Errorf("tags under never (-want +got):\n%s", diff)
	}
}

func TestMergePresence(t *testing.T) {
	tests := []struct {
		name      string
		facets    []Facet
		present   bool
		removedBy ImportID
		kind      Kind
		nodes     int
	}{
		{"dbt", []Facet{manifestFacet("")}, true, 0, KindModel, 1},
		{"dbt and its catalog are one node", []Facet{manifestFacet(""), catalogFacet()}, true, 0, KindModel, 1},
		{"dbt gone, still in the warehouse", []Facet{withdrawn(manifestFacet(""), 5), crawlFacet()}, true, 0, KindTable, 0},
		{"a catalog entry outlives no manifest", []Facet{withdrawn(manifestFacet(""), 5), catalogFacet()}, false, 5, KindModel, 1},
		{"catalog only", []Facet{catalogFacet()}, true, 0, KindModel, 1},
		{"all gone: the last content stays", []Facet{withdrawn(manifestFacet(""), 5), withdrawn(crawlFacet(), 4)}, false, 5, KindModel, 1},
		{"all gone, the crawl last", []Facet{withdrawn(manifestFacet(""), 5), withdrawn(crawlFacet(), 6)}, false, 6, KindTable, 0},
		{"a person keeps nothing alive", []Facet{withdrawn(manifestFacet(""), 5), userFacet(describe("x"))}, false, 5, KindModel, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, _ := Merge(1, tt.facets, Policy{})
			if a.Present != tt.present || a.RemovedBy != ImportCause(tt.removedBy) || a.Kind != tt.kind || len(a.Nodes) != tt.nodes {
				t.Errorf("present %v, removed by %s, %s, nodes %v", a.Present, a.RemovedBy, a.Kind, a.Nodes)
			}
		})
	}
}

func TestMergeRelation(t *testing.T) {
	model := manifestFacet("")
	model.Body.Relation = NewRelation("snowflake", "shop", "main", "orders", "shop.main.orders")
	listed := catalogFacet()
	listed.Body.Relation = WarehouseRelation("snowflake", "SHOP", "MAIN", "ORDERS")
	a, _ := Merge(1, []Facet{model, listed}, Policy{})
	if a.Relation.Display() != "SHOP.MAIN.ORDERS" || a.RelationKey != "SHOP.MAIN.ORDERS" {
		t.Errorf("catalog spelling: %q, key %q", a.Relation.Display(), a.RelationKey)
	}

	listed.Body.Relation.Schema = "DBT_ALLISON"
	a, _ = Merge(1, []Facet{model, listed}, Policy{})
	if a.Relation.Display() != "shop.main.orders" || a.RelationKey != "SHOP.MAIN.ORDERS" {
		t.Errorf("catalog of another target: %q, key %q", a.Relation.Display(), a.RelationKey)
	}

	model.Body.Relation.Database = ""
	a, _ = Merge(1, []Facet{model, func() Facet {
		f := crawlFacet()
		f.Body.Relation = WarehouseRelation("snowflake", "SHOP", "MAIN", "ORDERS")
		return f
	}()}, Policy{})
	if a.RelationKey != "SHOP.MAIN.ORDERS" {
		t.Errorf("missing database: key %q", a.RelationKey)
	}

	model.Body.Materialized = "ephemeral"
	if a, _ = Merge(1, []Facet{model}, Policy{}); a.RelationKey != "" {
		t.Errorf("ephemeral: key %q", a.RelationKey)
	}
}

// brief is a column as the tables below write it.
func brief(columns []Column) []string {
	var out []string
	for _, c := range columns {
		s := fmt.Sprintf("%d %s", c.Ordinal, c.Name)
		if c.Type.Native != "" {
			s += " " + c.Type.Native
		}
		if c.Description.Value != "" {
			s += fmt.Sprintf(" %q", c.Description.Value)
		}
		if !c.Description.Since.IsZero() {
			s += " kept"
		}
		if c.DocumentedOnly {
			s += " documented-only"
		}
		if !c.Present {
			s += " absent"
		}
		out = append(out, s)
	}
	return out
}

func TestMergeColumns(t *testing.T) {
	at := func(c BodyColumn, ordinal int) BodyColumn { c.Ordinal = ordinal; return c }
	absent := func(c BodyColumn) BodyColumn { c.Absent = withdrawnBy(4); return c }
	quoted := func(c BodyColumn) BodyColumn { c.Quote = true; return c }
	newer := next
	tests := []struct {
		name   string
		facets []Facet
		want   []string
	}{
		{
			"without a catalog the manifest's stand",
			[]Facet{manifestFacet("", column("b", "int"), withText(column("a", ""), "A"))},
			[]string{"1 b int", `2 a "A"`},
		},
		{
			"the catalog's order, spelling and types; the manifest's texts",
			[]Facet{
				manifestFacet("", withText(column("id", "bigint"), "key")),
				catalogFacet(at(column("AMOUNT", "numeric"), 7), at(column("ID", "integer"), 2)),
			},
			[]string{`1 ID integer "key"`, "2 AMOUNT numeric"},
		},
		{
			"exact before folded: two columns that differ only by case",
			[]Facet{
				manifestFacet("", withText(column("data_e", ""), "lower"), withText(column("data_E", ""), "upper")),
				catalogFacet(column("data_E", "text"), column("data_e", "text")),
			},
			[]string{`1 data_E text "upper"`, `2 data_e text "lower"`},
		},
		{
			"folded only if unique",
			[]Facet{
				manifestFacet("", withText(column("DATA_E", ""), "which?")),
				catalogFacet(column("data_E", "text"), column("data_e", "text")),
			},
			[]string{"1 data_E text", "2 data_e text", `3 DATA_E "which?" documented-only`},
		},
		{
			"folded only if it is alone in the manifest",
			[]Facet{
				manifestFacet("", withText(column("ID", ""), "one"), withText(column("Id", ""), "two")),
				catalogFacet(column("id", "int")),
			},
			[]string{"1 id int", `2 ID "one" documented-only`, `3 Id "two" documented-only`},
		},
		{
			"not to what another column matches exactly",
			[]Facet{
				manifestFacet("", withText(column("id", ""), "one"), withText(column("ID", ""), "two")),
				catalogFacet(column("id", "int")),
			},
			[]string{`1 id int "one"`, `2 ID "two" documented-only`},
		},
		{
			"a column that is there twice counts once",
			[]Facet{manifestFacet("", column("id", ""), withText(column("id", ""), "two")), catalogFacet(column("id", "int"))},
			[]string{"1 id int"},
		},
		{
			"manifest text before catalog comment",
			[]Facet{manifestFacet("", withText(column("id", ""), "text")), catalogFacet(withText(column("id", "int"), "comment"))},
			[]string{`1 id int "text"`},
		},
		{
			"a quoted column is exact where quotes are",
			[]Facet{manifestFacet("", quoted(column("Id", ""))), catalogFacet(column("id", "int"))},
			[]string{"1 id int", "2 Id documented-only"},
		},
		{
			"documented, not in the warehouse",
			[]Facet{manifestFacet("", withText(column("ghost", "int"), "?")), catalogFacet(column("id", "int"))},
			[]string{"1 id int", `2 ghost int "?" documented-only`},
		},
		{
			"gone from the newest catalog",
			[]Facet{manifestFacet(""), catalogFacet(column("id", "int"), absent(column("old", "text")))},
			[]string{"1 id int", "2 old text absent"},
		},
		{
			"gone and still documented",
			[]Facet{manifestFacet("", withText(column("old", ""), "doc")), catalogFacet(column("id", "int"), absent(column("old", "text")))},
			[]string{"1 id int", `2 old text "doc" documented-only absent`},
		},
		{
			"a newer crawl lists, an older catalog's column is absent",
			[]Facet{manifestFacet(""), catalogFacet(column("a", "int"), column("b", "int")), newer(crawlFacet(column("b", "int4")), 2)},
			[]string{"1 b int4", "2 a int absent"},
		},
		{
			"the crawl's exact type is heard over an equal kind of type",
			[]Facet{crawlFacet(column("n", "numeric(10,2)")), newer(catalogFacet(column("n", "numeric")), 2)},
			[]string{"1 n numeric(10,2)"},
		},
		{
			"but not over another type in a newer catalog",
			[]Facet{crawlFacet(column("n", "numeric(10,2)")), newer(catalogFacet(column("n", "text")), 2)},
			[]string{"1 n text"},
		},
		{
			"a withdrawn list stays where there is no other",
			[]Facet{
				withdrawn(manifestFacet("", withText(column("id", ""), "old text")), 5), withdrawn(catalogFacet(column("id", "int")), 5),
				func() Facet {
					f := manifestFacet("", column("id", ""))
					f.UniqueID = "model.shop.renamed"
					return f
				}(),
			},
			[]string{`1 id int "old text" kept`},
		},
		{
			"no longer documented, never in the warehouse",
			[]Facet{manifestFacet("", absent(withText(column("ghost", ""), "x"))), catalogFacet(column("id", "int"))},
			[]string{"1 id int"},
		},
		{
			"no longer documented, without a catalog",
			[]Facet{manifestFacet("", absent(column("ghost", "")), column("id", "int"))},
			[]string{"1 id int", "2 ghost absent"},
		},
		{
			"a person's text on a column",
			[]Facet{catalogFacet(column("id", "int")), userFacet(Edit{Field: "description", Column: "ID", Text: "mine", By: ana})},
			[]string{`1 id int "mine"`},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, columns := Merge(1, tt.facets, Policy{})
			if diff := cmp.Diff(tt.want, brief(columns)); diff != "" {
				t.Errorf("columns (-want +got):\n%s", diff)
			}
			present := 0
			for _, c := range columns {
				if c.Present {
					present++
				}
			}
			if a.ColumnCount != present {
				t.Errorf("column count %d, present %d", a.ColumnCount, present)
			}
		})
	}
}

// TestMergeCrawlAndDBT: types from the crawl, texts from dbt, in whichever order
// they came.
func TestMergeCrawlAndDBT(t *testing.T) {
	model := manifestFacet("text", withText(column("AMOUNT", "number"), "what it costs"))
	listed := catalogFacet(column("id", "integer"), column("amount", "numeric"))
	crawled := crawlFacet(column("id", "integer"), column("amount", "numeric(12,2)"))
	want := []string{"1 id integer", `2 amount numeric(12,2) "what it costs"`}
	for _, facets := range [][]Facet{
		{next(model, 1), next(listed, 1), next(crawled, 2)},
		{next(crawled, 1), next(model, 2), next(listed, 2)},
	} {
		a, columns := Merge(1, facets, Policy{})
		if diff := cmp.Diff(want, brief(columns)); diff != "" {
			t.Errorf("columns (-want +got):\n%s", diff)
		}
		if a.Kind != KindModel || a.Description.Value != "text" || len(a.Nodes) != 1 {
			t.Errorf("asset %+v", a)
		}
	}
}

func TestMergeStatsAndContent(t *testing.T) {
	n := 12.0
	model, listed, crawled := manifestFacet(""), catalogFacet(), crawlFacet()
	model.Body.Meta = json.RawMessage(`{"a":1}`)
	model.Body.Code = &Code{Checksum: "c"}
	listed.Body.Stats = map[string]Stat{"rows": {Value: &n}}
	crawled.Body.Stats = map[string]Stat{"rows": {Text: "stale"}, "bytes": {Text: "9"}}
	a, _ := Merge(7, []Facet{crawled, listed, model}, Policy{})
	want := Asset{
		ID: 7, Kind: KindModel, Name: "orders", Project: 1, RelationKey: "shop.main.orders", Materialized: "table",
		Meta: json.RawMessage(`{"a":1}`), DBT: model.Body.DBT, Code: model.Body.Code, Present: true,
		Stats: map[string]Stat{"rows": {Value: &n}, "bytes": {Text: "9"}},
		Nodes: []NodeRef{{1, "model.shop.orders"}},
	}
	if diff := cmp.Diff(want, a, cmpopts.IgnoreFields(Asset{}, "Relation")); diff != "" {
		t.Errorf("asset (-want +got):\n%s", diff)
	}
}

// A mere reference comes last, whatever its project is called and whenever it was made.
func TestReferenceLeadsNothing(t *testing.T) {
	facet := func(origin Origin, project ProjectID, b Body) Facet {
		return Facet{Origin: origin, Source: FromManifest, UniqueID: "model.core.a", Project: project, Body: b}
	}
	reference := facet("dbt:a", 1, Body{Kind: KindModel, Name: "a", DBT: &DBT{UniqueID: "model.core.a", External: true}})
	owner := facet("dbt:core", 2, Body{Kind: KindModel, Name: "a", DBT: &DBT{UniqueID: "model.core.a", Path: "a.sql"}, Code: &Code{Raw: HashOfText("select 1")}})
	source := facet("dbt:b", 3, Body{Kind: KindSource, Name: "a", DBT: &DBT{UniqueID: "source.b.a"}})
	for _, c := range []struct {
		facets  []Facet
		project ProjectID
		path    string
	}{{[]Facet{reference, owner}, 2, "a.sql"}, {[]Facet{reference, source}, 3, ""}, {[]Facet{reference}, 0, ""}} {
		a, _ := Merge(1, c.facets, Policy{})
		if a.Project != c.project || a.DBT.Path != c.path || (c.path != "") != (a.Code != nil) || len(a.Nodes) != len(c.facets) {
			t.Errorf("project %v, path %q, code %v, nodes %v", a.Project, a.DBT.Path, a.Code, a.Nodes)
		}
	}
}
