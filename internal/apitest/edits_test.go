package apitest

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
)

// version is the served version of the rig's schema.
func (r rig) version(t *testing.T) float64 {
	t.Helper()
	return r.Get(t, "/api/v1/schemas/"+r.schema, r.key).At(t, "data.attributes.version").(float64)
}

// edited sends a PATCH and returns by how many versions the schema is newer.
func (r rig) edited(t *testing.T, path, body string) float64 {
	t.Helper()
	before := r.version(t)
	if got := r.Send(t, "PATCH", path, r.key, body); got.Status != 200 {
		t.Fatalf("%s: %d %s", body, got.Status, got.Body)
	}
	return r.version(t) - before
}

// An edit makes a version where it changes the effective value or the person's own, and only there.
func TestEditsThatChangeNothing(t *testing.T) {
	withShopOnBoth(t, func(t *testing.T, r rig) {
		asset := "/api/v1/assets/" + r.table
		column := asset + "/columns/" + url.PathEscape(r.Get(t, asset+"/columns", r.key).At(t, "data.0.attributes.name").(string))
		for _, c := range []struct {
			path, body string
			versions   float64
		}{
			{asset, `{"description":null}`, 0},
			{asset, `{"description":" \n"}`, 0},
			{asset, `{"description":"Mine."}`, 1},
			{asset, `{"description":"Mine."}`, 0},
			{asset, `{}`, 0},
			{asset, `{"tags":["b","a"]}`, 1},
			{asset, `{"tags":["a","b","a"]}`, 0},
			{asset, `{"description":"Mine.","tags":["b","a"],"owners":null}`, 0},
			{asset, `{"description":"Mine again.","tags":["a","b"]}`, 1},
			{asset, `{"description":null,"tags":null}`, 1},
			{asset, `{"description":"","tags":null}`, 0},
			{column, `{"description":"Key.","tags":["pii"]}`, 1},
			{column, `{"description":"Key."}`, 0},
			{column, `{"tags":["pii"]}`, 0},
			{column, `{"tags":null}`, 1},
			{column, `{"tags":[]}`, 0},
		} {
			if got := r.edited(t, c.path, c.body); got != c.versions {
				t.Errorf("%s %s made %v versions, want %v", c.path, c.body, got, c.versions)
			}
		}
		if got := r.Send(t, "PATCH", asset, r.key, `{"tags":["a"," "]}`); got.Status != 422 {
			t.Errorf("a blank tag: %d %s", got.Status, got.Body)
		}
	})
}

// A set that a person gives is complete under every rule.
func TestSetUnderNever(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	asset := "/api/v1/assets/" + r.table
	before := r.Get(t, asset, r.key).At(t, "data.attributes.tags").([]any)
	if len(before) == 0 {
		t.Fatal("dbt gives no tags")
	}
	r.Send(t, "PATCH", "/api/v1/schemas/"+r.schema, r.key, `{"policy":{"tags":"never"}}`)
	same, err := json.Marshal(map[string]any{"tags": append(before, "mine")})
	if err != nil {
		t.Fatal(err)
	}
	got := r.Send(t, "PATCH", asset, r.key, string(same))
	if tags := got.At(t, "data.attributes.tags").([]any); len(tags) != len(before)+1 {
		t.Errorf("%s: %v", same, tags)
	}
}

// Every edit is listed, the newest first, and the facet of people has the newest of them.
func TestEditHistory(t *testing.T) {
	withShopOnBoth(t, func(t *testing.T, r rig) {
		asset := "/api/v1/assets/" + r.table
		const edits = 105
		for n := range edits {
			r.edited(t, asset, fmt.Sprintf(`{"description":"Text %d."}`, n))
		}
		r.edited(t, asset, `{"description":null,"owners":["ana"]}`)
		page := r.Get(t, asset+"/edits?limit=2", r.key)
		if page.Status != 200 || page.At(t, "meta.total") != float64(edits+2) {
			t.Fatalf("%d %s", page.Status, page.Body)
		}
		first, second := page.At(t, "data.0.attributes").(map[string]any), page.At(t, "data.1.attributes").(map[string]any)
		if first["property"] != "owners" || At(first, "added.0") != "ana" || first["current"] != true || first["withdrawn"] != false {
			t.Errorf("the newest: %v", first)
		}
		if second["property"] != "description" || second["withdrawn"] != true || second["current"] != true || second["text"] != nil {
			t.Errorf("the second: %v", second)
		}
		next := r.Get(t, strings.TrimPrefix(page.At(t, "links.next").(string), r.URL), r.key)
		if next.At(t, "data.0.attributes.text") != "Text 104." || next.At(t, "data.0.attributes.current") != false {
			t.Errorf("the next page: %s", next.Body)
		}
		then := r.Get(t, asset+"/edits?at=2", r.key)
		if then.At(t, "meta.total") != 1.0 || then.At(t, "data.0.attributes.current") != true {
			t.Errorf("then: %s", then.Body)
		}
		facets := r.Get(t, asset+"/facets", r.key).At(t, "data").([]any)
		listed := At(facets[len(facets)-1], "attributes.says.edits").([]any)
		if len(listed) != 100 || At(listed[99], "field") != "owners" || At(listed[97], "text") != "Text 104." {
			t.Errorf("%d edits, the last %v", len(listed), listed[len(listed)-1])
		}
	})
}

// onFile opens a SQLite store in a folder.
func onFile(folder string) func(testing.TB, func() time.Time) *store.Store {
	return func(t testing.TB, now func() time.Time) *store.Store {
		t.Helper()
		st, err := sqlite.Open(t.Context(), folder, sqlite.Options{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		return Migrated(t, st)
	}
}

// sizeOf is the size of the files of a database's folder, after its journal was written back: how much is left in that
// depends on when it was written back last.
func sizeOf(t *testing.T, folder string) (size int64) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(folder, sqlite.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "PRAGMA busy_timeout = 60000; PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(folder + "/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	return size
}

// noise is a text that does not compress well.
func noise(random *rand.Rand, bytes int) string {
	b := make([]byte, bytes)
	for i := range b {
		b[i] = byte('!' + random.IntN(90))
		if b[i] == '"' || b[i] == '\\' {
			b[i] = ' '
		}
	}
	return string(b)
}

// The database grows with what is sent, not with what was sent before.
func TestSizeOfEdits(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	r := newRig(t, Options{Store: onFile(folder)})
	asset := "/api/v1/assets/" + r.table
	var columns []string
	for _, c := range r.Get(t, asset+"/columns", r.key).At(t, "data").([]any) {
		columns = append(columns, asset+"/columns/"+url.PathEscape(At(c, "attributes.name").(string)))
	}
	random := rand.New(rand.NewPCG(1, 2))
	text := func(bytes int) string { return fmt.Sprintf(`{"description":%q}`, noise(random, bytes)) }
	labels := make([]string, 200)
	for i := range labels {
		labels[i] = fmt.Sprintf("label %d %s", i, noise(random, 150))
	}
	many, err := json.Marshal(map[string]any{"owners": labels})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		before string // sent once, before what is measured
		edits  int
		edit   func(n int) (path, body string)
	}{
		{"short texts", ``, 24, func(int) (string, string) { return asset, text(100) }},
		{"long texts of one asset", ``, 24, func(int) (string, string) { return asset, text(250 << 10) }},
		{"long texts of columns in turn", ``, 24, func(n int) (string, string) { return columns[n%len(columns)], text(250 << 10) }},
		{"short texts of columns with long ones", ``, 24, func(n int) (string, string) { return columns[0], text(100) }},
		{"labels of an asset with a long text", ``, 24, func(n int) (string, string) { return asset, fmt.Sprintf(`{"tags":["t%d"]}`, n) }},
		{"texts of an asset with many labels", string(many), 24, func(n int) (string, string) { return asset, text(100) }},
	} {
		if c.before != "" {
			r.edited(t, asset, c.before)
		}
		const each = 8 << 10 // that a version writes, whatever is sent
		before, sent := sizeOf(t, folder), 0
		for n := range c.edits {
			path, body := c.edit(n)
			r.edited(t, path, body)
			sent += len(body)
		}
		grown := sizeOf(t, folder) - before
		t.Logf("%s: %d bytes sent, the database is %d larger", c.name, sent, grown)
		if grown > int64(sent*5/4+c.edits*each) {
			t.Errorf("%s: %d bytes of edits made the database %d bytes larger", c.name, sent, grown)
		}
	}
}

// A page of changes ends where its values have too many bytes; the pages together have them all.
func TestLongChanges(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	asset := "/api/v1/assets/" + r.table
	random := rand.New(rand.NewPCG(3, 4))
	const edits, size = 28, 250 << 10
	for range edits {
		r.edited(t, asset, fmt.Sprintf(`{"description":%q}`, noise(random, size)))
	}
	for _, path := range []string{asset + "/changes?limit=200", "/api/v1/changes?from=1&limit=200&schema_id=" + r.schema} {
		seen := 0
		for path != "" {
			page := r.Get(t, path, r.key)
			if len(page.Body) > 5<<20 {
				t.Errorf("%s: %d bytes", path, len(page.Body))
			}
			for _, c := range page.At(t, "data").([]any) {
				if value, _ := At(c, "new").(string); At(c, "field") == "description" || len(value) >= size {
					seen++
				}
			}
			path, _ = page.At(t, "links.next").(string)
			path = strings.TrimPrefix(path, r.URL)
		}
		if seen < edits {
			t.Errorf("%d changes, want %d", seen, edits)
		}
	}
}
