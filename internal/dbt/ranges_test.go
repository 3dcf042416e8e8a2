package dbt_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"reflect"
	"testing"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// sameByRange checks that nodes and tables that are decoded from their ranges
// are those that are decoded while the file is read.
func sameByRange(t *testing.T, raw []byte, limits dbt.Limits) {
	t.Helper()
	whole, index := &recorder{}, &recorder{}
	head, _, err := dbt.ReadManifest(context.Background(), bytes.NewReader(raw), dbt.ManifestOptions{Limits: limits}, whole)
	if err != nil {
		return
	}
	indexed, _, err := dbt.ReadManifest(context.Background(), bytes.NewReader(raw), dbt.ManifestOptions{Limits: limits, Index: true}, index)
	if err != nil || !reflect.DeepEqual(head, indexed) || len(whole.nodes) != len(index.nodes) || !reflect.DeepEqual(whole.parents, index.parents) {
		t.Fatalf("indexed: %v, %d nodes, want %d", err, len(index.nodes), len(whole.nodes))
	}
	d := dbt.NewNodeDecoder(limits, false)
	for i, n := range index.nodes {
		want := *whole.nodes[i]
		if n.Disabled {
			continue
		}
		if n.Name != want.Name || n.ResourceType != want.ResourceType || n.Hash != want.Hash || n.RelationName != want.RelationName || !reflect.DeepEqual(n.DependsOn, want.DependsOn) {
			t.Errorf("%s is indexed as %+v", want.UniqueID, n)
		}
		if n.ResourceType != "macro" && n.Materialized != want.Materialized {
			t.Errorf("%s is indexed as %q, decoded as %q", want.UniqueID, n.Materialized, want.Materialized)
		}
		for _, project := range []string{"shop", want.Package} {
			if n.IsExternal(project) != want.IsExternal(project) {
				t.Errorf("%s is indexed as external: %v, decoded: %v", want.UniqueID, n.IsExternal(project), want.IsExternal(project))
			}
		}
		if n.ResourceType != "macro" && (n.CustomSchema != want.CustomSchema || n.CustomDatabase != want.CustomDatabase) {
			t.Errorf("%s is indexed with the config %q, %q, decoded with %q, %q", want.UniqueID, n.CustomDatabase, n.CustomSchema, want.CustomDatabase, want.CustomSchema)
		}
		own, err := n.Range.Read(bytes.NewReader(raw), limits, nil)
		if err != nil {
			t.Fatalf("range of %s: %v", want.UniqueID, err)
		}
		got, _, err := d.Decode(n.Section, n.UniqueID, n.Hash, n.Range, own)
		if err != nil || !reflect.DeepEqual(*got, want) {
			t.Fatalf("%s by its range: %v\n got %+v\nwant %+v", want.UniqueID, err, got, want)
		}
	}
}

func sameTablesByRange(t *testing.T, raw []byte, limits dbt.Limits) {
	t.Helper()
	whole, index := &recorder{}, &recorder{}
	if _, _, _, err := dbt.ReadCatalog(context.Background(), bytes.NewReader(raw), dbt.CatalogOptions{Limits: limits}, whole); err != nil {
		return
	}
	if _, _, _, err := dbt.ReadCatalog(context.Background(), bytes.NewReader(raw), dbt.CatalogOptions{Limits: limits, Index: true}, index); err != nil || len(whole.tables) != len(index.tables) {
		t.Fatalf("indexed: %v, %d tables, want %d", err, len(index.tables), len(whole.tables))
	}
	d := dbt.NewTableDecoder(limits)
	for i, table := range index.tables {
		own, err := table.Range.Read(bytes.NewReader(raw), limits, nil)
		if err != nil {
			t.Fatalf("range of %s: %v", table.UniqueID, err)
		}
		got, _, err := d.Decode(table.Section, table.UniqueID, table.Hash, table.Range, own)
		if err != nil || !reflect.DeepEqual(got, whole.tables[i]) {
			t.Fatalf("%s by its range: %v\n got %+v\nwant %+v", table.UniqueID, err, got, whole.tables[i])
		}
	}
}

// contentOf is the unpacked text of a file.
func contentOf(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := dbt.Open(f, dbt.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
