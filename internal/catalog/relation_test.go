package catalog

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	tests := []struct{ platform, name, want string }{
		{"snowflake", "orders", "ORDERS"},
		{"oracle", "Straße", "STRAßE"},
		{"postgres", "ORDERS", "orders"},
		{"", "ORDERS", "orders"},
		{"new_adapter", "ORDERS", "orders"},
		{"bigquery", "Orders", "Orders"},
		{"clickhouse", "Orders", "Orders"},
		{"sqlserver", "Orders", "Orders"},
		{"fabric", "Orders", "Orders"},
		{"synapse", "Orders", "Orders"},
		{"postgres", "ＭＵＬＴＩ", "ｍｕｌｔｉ"}, // full-width letters fold among themselves, never to ASCII
		{"postgres", "ﬁ\xff²", "ﬁ\xff²"},
		{"postgres", "É\xffÉ", "é\xffé"},
	}
	for _, tt := range tests {
		if got := FoldOf(tt.platform).Apply(tt.name); got != tt.want {
			t.Errorf("%s folds %q to %q, want %q", tt.platform, tt.name, got, tt.want)
		}
	}
}

func TestFoldColumn(t *testing.T) {
	for platform, want := range map[string]string{
		"snowflake": "AMOUNT", "bigquery": "amount", "sqlserver": "amount", "clickhouse": "Amount", "postgres": "amount",
	} {
		if got := FoldColumn(platform, "Amount"); got != want {
			t.Errorf("%s: %q, want %q", platform, got, want)
		}
	}
}

func TestFoldIsIdempotentAndKeepsRunes(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		for _, f := range []Fold{FoldLower, FoldUpper, FoldKeep} {
			once := f.Apply(string(r))
			if twice := f.Apply(once); twice != once {
				t.Fatalf("%U folds to %q and then to %q", r, once, twice)
			}
			if utf8.RuneCountInString(once) != 1 {
				t.Fatalf("%U folds to %q", r, once)
			}
		}
	}
}

var platforms = []string{"snowflake", "oracle", "bigquery", "clickhouse", "sqlserver", "postgres", "redshift", "databricks", "duckdb", "x"}

func TestParseRelationName(t *testing.T) {
	part := func(s string, quoted bool) relationPart { return relationPart{s, quoted} }
	tests := []struct {
		platform, text string
		want           []relationPart // nil: refused
	}{
		{"postgres", `"db"."schema"."table"`, []relationPart{part("db", true), part("schema", true), part("table", true)}},
		{"snowflake", `DB.SCHEMA."Mixed"`, []relationPart{part("DB", false), part("SCHEMA", false), part("Mixed", true)}},
		{"databricks", "`schema`.`table`", []relationPart{part("schema", true), part("table", true)}},
		{"sqlserver", "[db].[my schema].[ta]]ble]", []relationPart{part("db", true), part("my schema", true), part("ta]ble", true)}},
		{"postgres", `"a""b"."c.d"`, []relationPart{part(`a"b`, true), part("c.d", true)}},
		{"bigquery", "`my-project.data.events_*`", []relationPart{part("my-project", true), part("data", true), part("events_*", true)}},
		{"bigquery", "my-project.data.t", []relationPart{part("my-project", false), part("data", false), part("t", false)}},
		{"bigquery", "`example.com:proj`.`d`.`t`", []relationPart{part("example.com:proj", true), part("d", true), part("t", true)}},
		{"duckdb", ` "x" `, []relationPart{part("x", true)}},
		{"spark", "schema.ｍｕｌｔｉｂｙｔｅ", []relationPart{part("schema", false), part("ｍｕｌｔｉｂｙｔｅ", false)}},
		{"postgres", "", nil},
		{"postgres", `"a`, nil},
		{"postgres", `""`, nil},
		{"postgres", `"a"b`, nil},
		{"postgres", `a..b`, nil},
		{"postgres", `a.`, nil},
		{"postgres", `.a`, nil},
		{"postgres", `a.b.c.d`, nil},
		{"duckdb", `read_parquet('s3://x/*.parquet')`, nil},
		{"duckdb", `'file.csv'`, nil},
		{"postgres", "select 1", nil},
	}
	for _, tt := range tests {
		r, ok := ParseRelationName(tt.platform, tt.text)
		if ok != (tt.want != nil) {
			t.Errorf("%s %q: ok = %v", tt.platform, tt.text, ok)
			continue
		}
		if !ok {
			continue
		}
		got := []relationPart{{r.Database, r.QuotedDatabase}, {r.Schema, r.QuotedSchema}, {r.Identifier, r.QuotedIdentifier}}
		got = got[3-len(tt.want):]
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(relationPart{})); diff != "" {
			t.Errorf("%s %q (-want +got):\n%s", tt.platform, tt.text, diff)
		}
	}
}

func TestRelationKey(t *testing.T) {
	tests := []struct {
		r    Relation
		want string
	}{
		{NewRelation("snowflake", "db", "s", "t", "db.s.t"), "DB.S.T"},
		{NewRelation("snowflake", "db", "s", "t", `db.s."t"`), "DB.S.t"},
		{NewRelation("postgres", "Db", "S", "T", `"Db"."S"."T"`), "Db.S.T"},
		{NewRelation("postgres", "Db", "S", "T", "Db.S.T"), "db.s.t"},
		{NewRelation("postgres", "Db", "S", "T", ""), "db.s.t"},
		{NewRelation("redshift", "Db", "S", "T", `"Db"."S"."T"`), "db.s.t"},
		{NewRelation("bigquery", "P", "D", "T", "`P`.`D`.`T`"), "P.D.T"},
		{NewRelation("databricks", "", "S", "T", "`S`.`T`"), ".s.t"},
		{NewRelation("duckdb", "db", "s", "gold.actions", `"db"."s"."gold.actions"`), `db.s."gold.actions"`},
		{NewRelation("duckdb", `a"b`, "s", "t", ""), `"a""b".s.t`},
		// A relation_name about something else teaches nothing about quotes.
		{NewRelation("postgres", "db", "s", "T", `"db"."s"."U"`), "db.s.t"},
		{WarehouseRelation("snowflake", "DB", "S", "t"), "DB.S.t"},
		{WarehouseRelation("databricks", "DB", "S", "t"), "db.s.t"},
		{Relation{Schema: "s"}, ""},
	}
	for _, tt := range tests {
		if got := tt.r.Key(); got != tt.want {
			t.Errorf("%+v: key %q, want %q", tt.r, got, tt.want)
		}
		if _, bare := cutKey(tt.want); tt.r.BareKey() != bare {
			t.Errorf("%+v: bare key %q, want %q", tt.r, tt.r.BareKey(), bare)
		}
	}
	if got := tests[7].r.Display(); got != "S.T" {
		t.Errorf("display %q", got)
	}
}

// TestRelationKeyIsUnambiguous: two relations have the same key if and only if
// their folded parts are the same.
func TestRelationKeyIsUnambiguous(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.StringOfN(rapid.RuneFrom([]rune(`aB."`)), 0, 4, -1)
		name := rapid.StringOfN(rapid.RuneFrom([]rune(`aB."`)), 1, 4, -1)
		draw := func() Relation {
			return WarehouseRelation(rapid.SampledFrom(platforms).Draw(t, "platform"), part.Draw(t, "db"), part.Draw(t, "schema"), name.Draw(t, "table"))
		}
		a, b := draw(), draw()
		b.Platform = a.Platform
		folded := func(r Relation) [3]string {
			return [3]string{r.fold(r.Database, true), r.fold(r.Schema, true), r.fold(r.Identifier, true)}
		}
		if (a.Key() == b.Key()) != (folded(a) == folded(b)) {
			t.Fatalf("%+v has key %q, %+v has %q", a, a.Key(), b, b.Key())
		}
		if _, bare := cutKey(a.Key()); bare != a.BareKey() {
			t.Fatalf("key %q cut to %q, bare key %q", a.Key(), bare, a.BareKey())
		}
	})
}

// TestParseRelationNameReadsWhatIsQuoted: whatever the names, quoting them as
// the warehouses do and parsing that gives them back.
func TestParseRelationNameReadsWhatIsQuoted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.StringN(1, 6, -1), 1, 3).Draw(t, "names")
		quotes := rapid.SampledFrom([]string{`""`, "``", "[]"}).Draw(t, "quotes")
		var quoted []string
		for _, n := range names {
			quoted = append(quoted, quotes[:1]+strings.ReplaceAll(n, quotes[1:], quotes[1:]+quotes[1:])+quotes[1:])
		}
		r, ok := ParseRelationName("postgres", strings.Join(quoted, "."))
		if !ok {
			t.Fatalf("refused %q", quoted)
		}
		got := []string{r.Database, r.Schema, r.Identifier}[3-len(names):]
		if diff := cmp.Diff(names, got); diff != "" || !r.QuotedIdentifier {
			t.Fatalf("%q (-want +got):\n%s", quoted, diff)
		}
	})
}

func FuzzParseRelationName(f *testing.F) {
	for _, s := range []string{`"a"."b"`, "`a.b.c`", "[a]]b].c", "a.b", "\xff.\"\"", "`a..b`"} {
		f.Add("bigquery", s)
	}
	f.Fuzz(func(t *testing.T, platform, text string) {
		r, ok := ParseRelationName(platform, text)
		if !ok {
			return
		}
		if r.Identifier == "" || r.Key() == "" || r.Text != text {
			t.Errorf("%q: %+v", text, r)
		}
	})
}

// artifactsDir is where real artifacts lie, outside the project; the test is
// skipped where they do not.
func artifactsDir(t *testing.T) string {
	dir := os.Getenv("THALWEG_ARTIFACTS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "artifacts")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("SKIPPED, NOTHING CHECKED: no real artifacts in %s (set THALWEG_ARTIFACTS)", dir)
	}
	return dir
}

// TestRealCatalogTypes reads every catalog.json that is there: nearly every type
// of a real warehouse has a canonical name.
func TestRealCatalogTypes(t *testing.T) {
	dir := artifactsDir(t)
	total, unknown := 0, map[string]int{}
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.Contains(filepath.Base(path), "catalog") || filepath.Ext(path) != ".json" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var doc struct {
			Nodes, Sources map[string]struct {
				Columns map[string]struct{ Type string }
			}
		}
		if json.Unmarshal(raw, &doc) != nil {
			return nil // broken on purpose, or no catalog
		}
		for _, part := range []map[string]struct {
			Columns map[string]struct{ Type string }
		}{doc.Nodes, doc.Sources} {
			for _, table := range part {
				for _, c := range table.Columns {
					total++
					if got, _ := ParseType("postgres", c.Type); got.Canonical == "other" || got.Canonical == "" {
						unknown[c.Type]++
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for native, n := range unknown {
		count += n
		t.Logf("other: %6d %q", n, native)
	}
	t.Logf("%d columns, %d of %d spellings have no canonical name", total, count, len(unknown))
	if total == 0 || count*100 > total {
		t.Errorf("%d of %d columns have no canonical name", count, total)
	}
}
