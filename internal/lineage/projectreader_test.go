package lineage

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// openShop opens an artifact of a state of the example shop.
func openShop(t testing.TB, version, name, file string) io.Reader {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(shopArtifacts, version, name, file))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(data)
}

// described is a block with the unique ids of the tables that it names.
func (l *ProjectLineage) described(n int) string {
	b := l.Block(n)
	if b == nil {
		return ""
	}
	for i, r := range b.Refs {
		b.Refs[i] = Ref{Name: l.RefName(r)}
	}
	return fmt.Sprintf("%+v", *b)
}

// wantAsAlone compares a project that was read and traced after another one with the same one alone.
func wantAsAlone(t *testing.T, alone, after *ProjectLineage) {
	t.Helper()
	if len(alone.Nodes) != len(after.Nodes) || !slices.EqualFunc(alone.Tests, after.Tests, func(a, b DataTest) bool { return a == b }) {
		t.Fatalf("%d nodes and %d tests, alone %d and %d", len(after.Nodes), len(after.Tests), len(alone.Nodes), len(alone.Tests))
	}
	for i, n := range alone.Nodes {
		m := after.Nodes[i]
		if n.UniqueID != m.UniqueID || n.hash != m.hash || n.Compiled != m.Compiled || !slices.Equal(alone.Parents(int32(i)), after.Parents(int32(i))) {
			t.Fatalf("node %d is %s, alone %s", i, m.UniqueID, n.UniqueID)
		}
		if diff := cmp.Diff(alone.described(i), after.described(i)); diff != "" {
			t.Errorf("block of %s (-alone +after):\n%s", n.UniqueID, diff)
		}
	}
}

// What one state has in common with another one is taken over and makes no difference.
func TestReaderSharesStates(t *testing.T) {
	for _, version := range []string{"1.8.10", "1.12.6"} {
		for _, order := range [][2]string{{"before", "after"}, {"after", "before"}} {
			r := NewReader()
			var states [2]*ProjectLineage
			for i, name := range order {
				p, err := r.Read(t.Context(), openShop(t, version, name, "manifest.json.gz"), openShop(t, version, name, "catalog.json.gz"))
				if err != nil {
					t.Fatal(err)
				}
				if states[i], err = p.TraceAfter(t.Context(), Options{}, states[0]); err != nil {
					t.Fatal(err)
				}
				wantAsAlone(t, traceShop(t, version, name), states[i])
			}
			nodes, blocks := 0, 0
			for i, n := range states[1].Nodes {
				at, ok := states[0].Place(states[1].ID(i))
				if !ok || n != states[0].Nodes[at] {
					continue
				}
				nodes++
				if b := states[1].traced[i].block; len(b) > 0 && &b[0] == &states[0].traced[at].block[0] {
					blocks++
				}
			}
			if nodes < 40 || blocks < 15 {
				t.Errorf("%s, %v: %d nodes and %d blocks are shared", version, order, nodes, blocks)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// The states of public projects, one after the other, are read as each is alone.
func TestReaderSharesPublicStates(t *testing.T) {
	folders := map[string][]string{}
	for _, path := range manifests(t) {
		folder, _, _ := strings.Cut(strings.TrimPrefix(path, artifactsDir(t)), "/manifest")
		folders[filepath.Dir(folder)] = append(folders[filepath.Dir(folder)], path)
	}
	for _, paths := range folders {
		if len(paths) < 2 {
			continue
		}
		r := NewReader()
		var last *ProjectLineage
		for _, path := range paths {
			alone := readFiles(t, path)
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			p, err := r.Read(t.Context(), bytes.NewReader(data), nil)
			if err != nil {
				t.Fatal(err)
			}
			alone.Catalog = p.Catalog
			want, err := alone.Trace(t.Context(), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if last, err = p.TraceAfter(t.Context(), Options{}, last); err != nil {
				t.Fatal(err)
			}
			wantAsAlone(t, want, last)
		}
	}
}

// Code that reads a table without declaring it means another one where that table is gone.
func TestNothingIsTakenOverThatNamesADifferentTable(t *testing.T) {
	model := func(name, code string) string {
		return fmt.Sprintf(`"model.p.%s": {"unique_id": "model.p.%[1]s", "resource_type": "model", "package_name": "p", "name": "%[1]s", "database": "db", "schema": "s",
			"original_file_path": "models/%[1]s.sql", "raw_code": %[2]q, "compiled_code": %[2]q, "depends_on": {"nodes": []}}`, name, code)
	}
	manifest := func(models ...string) io.Reader {
		return strings.NewReader(`{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "adapter_type": "postgres", "project_name": "p"}, "nodes": {` +
			strings.Join(models, ",") + `}}`)
	}
	hard := model("hard", "select id from db.s.Gone")
	r := NewReader()
	head, err := r.Read(t.Context(), manifest(hard), nil)
	if err != nil {
		t.Fatal(err)
	}
	base, err := r.Read(t.Context(), manifest(hard, model("gone", "select 1 as id")), nil)
	if err != nil {
		t.Fatal(err)
	}
	after, err := head.Trace(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	before, err := base.TraceAfter(t.Context(), Options{}, after)
	if err != nil {
		t.Fatal(err)
	}
	for l, want := range map[*ProjectLineage]string{after: "db.s.Gone", before: "model.p.gone"} {
		if b := l.block(t, "model.p.hard"); len(b.Refs) != 1 || l.RefName(b.Refs[0]) != want {
			t.Errorf("it reads %+v, want %s", b.Refs, want)
		}
	}
}
