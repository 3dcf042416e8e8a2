package e2e

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of a database without our store
	"github.com/pressly/goose/v3"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/apitest"
	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/postgres"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
	"github.com/thalweg-data/thalweg/internal/store/storetest"
)

// upgradeFolder holds what a binary from before causes and actors wrote, and what
// it answered then; write.py in it made it.
const upgradeFolder = "testdata/upgrade"

// TestUpgrade opens what an older binary wrote. Everything that could be read
// then reads the same now, and the artifacts that came last bring nothing new,
// whether they are recognized by their bytes or read again.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]apitest.OpenStore{"sqlite": oldFolder, "postgres": oldDatabase} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &rig{schema: "SCH-101"}
			r.Server = apitest.Start(t, apitest.Options{Store: open})
			r.key = r.Key(t, access.AdminWorkspace)
			r.answersAsBefore(t, recorded(t, name))
			r.checkCauses(t)
			r.datesFacets(t, recorded(t, name))
			r.bringsNothing(t, false, 1) // the columns that the code makes, and the owners of groups
			r.bringsNothing(t, false, 0)
			r.answersAsBefore(t, r.withoutNews(t, recorded(t, name)))
			r.bringsNothing(t, true, 1) // the macros and docs blocks that nodes use, which are asked for
			r.bringsNothing(t, true, 0)
			r.confirmsOld(t)
		})
	}
}

// oldFolder opens the SQLite database of the older binary.
func oldFolder(t testing.TB, now func() time.Time) *store.Store {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, sqlite.FileName), fixture(t, "sqlite/store.db.gz"), 0o600); err != nil {
		t.Fatal(err)
	}
	st, err := sqlite.Open(t.Context(), dir, sqlite.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return apitest.Migrated(t, st)
}

// oldDatabase opens the PostgreSQL database of the older binary, whose tables
// were of version 2.
func oldDatabase(t testing.TB, now func() time.Time) *store.Store {
	t.Helper()
	url := pgtest.New(t)
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, os.DirFS("../store/postgres/migrations"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	storetest.Load(t, storetest.Old{DB: db, Bind: numbered}, bytes.NewReader(fixture(t, "postgres/store.jsonl.gz")))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	st, err := postgres.Open(t.Context(), url, postgres.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return apitest.Migrated(t, st)
}

// numbered turns ? into $1, $2 …
func numbered(query string) string {
	parts := strings.Split(query, "?")
	for i := range parts[1:] {
		parts[i+1] = fmt.Sprintf("$%d", i+1) + parts[i+1]
	}
	return strings.Join(parts, "")
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	packed, err := os.ReadFile(filepath.Join(upgradeFolder, name))
	if err != nil {
		t.Fatal(err)
	}
	return unzipped(t, packed)
}

// confirmsOld confirms the removals that the older binary left pending, of a schema whose last manifest has no nodes:
// tests and whatever reads the tables go with them.
func (r *rig) confirmsOld(t *testing.T) {
	t.Helper()
	const schema = "SCH-102"
	if reply := r.Send(t, "POST", "/api/v1/schemas/"+schema+"/removals/confirm", r.key, ""); reply.Status != 200 {
		t.Fatalf("confirm: %d %s", reply.Status, reply.Body)
	}
	// Only groups have no parents by which it can be seen that they are gone.
	kinds := r.Get(t, "/api/v1/assets?limit=1&breakdown=kind&schema_id="+schema, r.key).At(t, "meta.breakdown.kind")
	if text(kinds) != text(map[string]any{"group": 2.0}) {
		t.Errorf("present assets: %v", kinds)
	}
	if n := r.Get(t, "/api/v1/tests?limit=1&schema_id="+schema, r.key).At(t, "meta.total"); n != 0.0 {
		t.Errorf("%v tests of removed tables", n)
	}
}

// recorded are the replies of the older binary, by path.
func recorded(t *testing.T, engine string) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(fixture(t, engine+"/replies.json.gz"), &out); err != nil {
		t.Fatal(err)
	}
	for path, reply := range out {
		asToday(path, reply.(map[string]any))
	}
	return out
}

// asToday changes a reply of the older binary in what was decided otherwise since: lists lead with tables and have
// neither operations nor removed columns, ephemeral models have no relation, and only tables a materialization. The
// limit of a list that was one page was its length. Edits have the time in microseconds, and a facet of people is of
// its current ones. The columns of a table that no code makes are counted as listed too.
func asToday(path string, reply map[string]any) {
	rows, isList := reply["data"].([]any)
	if !isList {
		rows = []any{reply["data"]}
	}
	for _, row := range rows {
		attributes, ok := apitest.At(row, "attributes").(map[string]any)
		if !ok {
			continue
		}
		if attributes["materialized"] == "ephemeral" {
			delete(attributes, "relation")
		}
		if apitest.At(row, "type") != "table" {
			delete(attributes, "materialized")
		}
		if attributes["status"] == "no_code" {
			delete(attributes, "listed")
			delete(attributes, "matching")
		}
		if edits, ok := apitest.At(attributes, "says.edits").([]any); ok {
			delete(row.(map[string]any), "id")
			for _, e := range edits {
				inMicroseconds(e.(map[string]any))
			}
		}
		if counts, ok := attributes["counts"].(map[string]any); ok {
			delete(counts, "operation")
		}
	}
	meta, _ := reply["meta"].(map[string]any)
	for _, list := range []string{"/columns", "/facets", "/tests"} {
		if strings.HasSuffix(path, list) || strings.Contains(path, list+"?at=") {
			delete(meta, "limit")
		}
	}
	var kept []any
	switch {
	case strings.HasSuffix(path, "/columns"):
		kept = slices.DeleteFunc(slices.Clone(rows), func(row any) bool { return apitest.At(row, "attributes.present") == false })
	case strings.HasPrefix(path, "/api/v1/assets?") && !strings.Contains(path, "kind="):
		kept = slices.DeleteFunc(slices.Clone(rows), func(row any) bool { return apitest.At(row, "type") == "operation" })
		slices.SortStableFunc(kept, func(a, b any) int {
			rank := map[bool]int{true: 0, false: 1}
			return rank[apitest.At(a, "type") == "table"] - rank[apitest.At(b, "type") == "table"]
		})
	default:
		return
	}
	reply["data"] = kept
	gone := float64(len(rows) - len(kept))
	meta["total"] = meta["total"].(float64) - gone
}

// inMicroseconds cuts the time of an edit.
func inMicroseconds(edit map[string]any) {
	if at, err := time.Parse(time.RFC3339Nano, edit["at"].(string)); err == nil {
		edit["at"] = at.Truncate(time.Microsecond).Format(time.RFC3339Nano)
	}
}

// withoutNews leaves out what names the last import and the version, because others have come since, and the tables
// whose columns are known from their code, or whose owners from their group, now, and assets of which more is read.
func (r *rig) withoutNews(t *testing.T, replies map[string]any) map[string]any {
	t.Helper()
	for path, reply := range replies {
		if meta, ok := reply.(map[string]any)["meta"].(map[string]any); ok {
			delete(meta, "version")
		}
		if owned := apitest.At(reply, "data.attributes.dbt.group"); owned != nil {
			maps.DeleteFunc(replies, func(other string, _ any) bool { return other == path || strings.HasPrefix(other, path+"/") })
			continue
		}
		if r.hasMoreDetails(t, path, reply) {
			maps.DeleteFunc(replies, func(other string, _ any) bool { return other == path || strings.HasPrefix(other, path+"/") })
			continue
		}
		asset, ok := strings.CutSuffix(path, "/columns")
		if !ok {
			continue
		}
		for _, c := range r.Get(t, path, r.key).At(t, "data").([]any) {
			if apitest.At(c, "attributes.origin") == "sql" {
				maps.DeleteFunc(replies, func(path string, _ any) bool { return path == asset || strings.HasPrefix(path, asset+"/") })
				break
			}
		}
	}
	maps.DeleteFunc(replies, func(path string, _ any) bool {
		return strings.HasPrefix(path, "/api/v1/dbt_imports?") || strings.HasPrefix(path, "/api/v1/projects") ||
			strings.HasPrefix(path, "/api/v1/changes?schema_id=SCH-101&") || strings.HasPrefix(path, "/api/v1/assets?schema_id=SCH-101&") ||
			path == "/api/v1/schemas" || path == "/api/v1/schemas/SCH-101"
	})
	return replies
}

// hasMoreDetails reports whether the page of an asset shows details that the older binary did not read.
func (r *rig) hasMoreDetails(t *testing.T, path string, before any) bool {
	t.Helper()
	if apitest.At(before, "data.attributes.kind") == nil || strings.Contains(path, "?") {
		return false
	}
	now := r.Get(t, path, r.key)
	return now.Status == 200 && text(apitest.At(now.JSON(t), "data.attributes.details")) != text(apitest.At(before, "data.attributes.details"))
}

func (r *rig) answersAsBefore(t *testing.T, before map[string]any) {
	t.Helper()
	if len(before) < 400 {
		t.Fatalf("only %d replies were recorded", len(before))
	}
	failed := 0
	for _, path := range slices.Sorted(maps.Keys(before)) {
		got := r.Get(t, path, r.key)
		if strings.Contains(path, "/changes?") { // its total counted changed assets
			delete(apitest.At(before[path], "meta").(map[string]any), "total")
		}
		if lost := missing(before[path], got.JSON(t), ""); got.Status != 200 || len(lost) > 0 {
			t.Errorf("GET %s: %d\n%s", path, got.Status, strings.Join(lost, "\n"))
			if failed++; failed > 10 {
				t.FailNow()
			}
		}
	}
}

// missing lists what of a JSON value is not in another one, which may have more
// fields. Links have their own cursors.
func missing(want, got any, at string) (lost []string) {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		for name, v := range w {
			if name != "links" || !ok {
				lost = append(lost, missing(v, g[name], at+"."+name)...)
			}
		}
		return lost
	case []any:
		if g, ok := got.([]any); ok && len(g) == len(w) {
			for i, v := range w {
				lost = append(lost, missing(v, g[i], fmt.Sprintf("%s.%d", at, i))...)
			}
			return lost
		}
	}
	if text(want) != text(got) {
		return []string{fmt.Sprintf("%s: %.300s, before %.300s", at, text(got), text(want))}
	}
	return nil
}

// checkCauses checks what changes have beyond what the older binary returned.
func (r *rig) checkCauses(t *testing.T) {
	t.Helper()
	seen := map[string]int{}
	for _, schema := range []string{"SCH-101", "SCH-103"} { // removals were confirmed in the second
		changes := r.Get(t, "/api/v1/changes?limit=200&schema_id="+schema, r.key).At(t, "data").([]any)
		for _, c := range changes {
			kind, id := apitest.At(c, "cause.kind"), apitest.At(c, "cause.id").(string)
			actor, name := apitest.At(c, "actor"), apitest.At(c, "actor_ref.name")
			seen[fmt.Sprint(kind)]++
			switch kind {
			case "import":
				if apitest.At(c, "import") != id || actor != "import" || name != "bootstrap" {
					t.Errorf("an import's change: %v", c)
				}
			case "edit", "removal":
				prefix := map[any]string{"edit": "EDT-", "removal": "IMP-"}[kind]
				if apitest.At(c, "import") != nil || !strings.HasPrefix(id, prefix) || actor != name || name != "ana" && name != "ben" {
					t.Errorf("a person's change: %v", c)
				}
			}
			if apitest.At(c, "actor_ref.kind") != "key" || apitest.At(c, "actor_ref.id") != nil {
				t.Errorf("an actor of before: %v", c)
			}
		}
	}
	if seen["import"] < 50 || seen["edit"] < 5 || seen["removal"] < 30 {
		t.Errorf("causes of the changes: %v", seen)
	}
}

// datesFacets checks the times that the upgrade gave to facets: that of the edit
// for people; else none after the artifacts, so that the next ones are newer.
func (r *rig) datesFacets(t *testing.T, before map[string]any) {
	t.Helper()
	edited := 0
	for path := range before {
		if !strings.HasSuffix(path, "/facets") {
			continue
		}
		for _, f := range r.Get(t, path, r.key).At(t, "data").([]any) {
			at, _ := apitest.At(f, "attributes.reported_at").(string)
			last := "2026-11-17T06:00:00Z"
			if edits, _ := apitest.At(f, "attributes.says.edits").([]any); len(edits) > 0 {
				edited++
				if last = apitest.At(edits[len(edits)-1], "at").(string); len(at) < 19 || at[:19] != last[:19] {
					t.Fatalf("GET %s: reported %q, edited %s", path, at, last)
				}
			}
			if at < "2026-11-02T06:00:00Z" || at[:19] > last[:19] || apitest.At(f, "attributes.cause") == nil {
				t.Errorf("GET %s: reported %q, cause %v", path, at, apitest.At(f, "attributes.cause"))
			}
		}
	}
	if edited < 4 {
		t.Errorf("only %d facets of people", edited)
	}
}

// bringsNothing sends the artifacts that the older binary applied last. The versions that it makes are of what this
// binary finds in the code and the older one did not.
func (r *rig) bringsNothing(t *testing.T, force bool, versions int) {
	t.Helper()
	before := r.version(t)
	parts := []apitest.Part{
		apitest.File("manifest", "manifest.json", fixture(t, "later.manifest.json.gz")),
		apitest.File("catalog", "catalog.json", fixture(t, "later.catalog.json.gz")),
	}
	if force {
		parts = append([]apitest.Part{apitest.Text("force", "true")}, parts...) // every node is read and merged
	}
	id := r.Import(t, r.key, r.schema, parts...)
	attributes := r.Get(t, "/api/v1/dbt_imports/"+id, r.key).At(t, "data.attributes").(map[string]any)
	for name, n := range attributes {
		if count, ok := n.(float64); ok && count != 0 && versions == 0 && (strings.HasSuffix(name, "_created") || strings.HasSuffix(name, "_updated")) {
			t.Errorf("force %v: %s %v", force, name, n)
		}
	}
	report := r.Get(t, "/api/v1/dbt_imports/"+id+"/report", r.key)
	if outcome := report.At(t, "data.attributes.outcome"); !force && versions == 0 && outcome != "unchanged" {
		t.Errorf("outcome %v", outcome)
	}
	if now := r.version(t); now != before+versions {
		t.Errorf("force %v: version %d, before %d\n%s", force, now, before, report.Body)
	}
}
