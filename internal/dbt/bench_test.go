package dbt_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"sync"
	"testing"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// nothing is a sink that keeps nothing.
type nothing struct{}

func (nothing) Node(*dbt.Node) error                     { return nil }
func (nothing) Unchanged(string, string, dbt.Hash) error { return nil }
func (nothing) Parents(string, []string) error           { return nil }

// hashes is a sink that keeps the hash of every node.
type hashes struct {
	nothing
	of map[string]dbt.Hash
}

func (h hashes) Node(n *dbt.Node) error { h.of[n.UniqueID] = n.Hash; return nil }

var largeManifest = sync.OnceValue(func() []byte { return large.manifest(&testing.B{}) })

// BenchmarkManifest reads a manifest of 10,000 models: all of it changed, none of it changed, one or two
// decoders. Baselines are encoding/json into the same structs, and SHA-256 and walking alone.
func BenchmarkManifest(b *testing.B) {
	raw := largeManifest()
	known := hashes{of: map[string]dbt.Hash{}}
	if _, _, err := dbt.ReadManifest(context.Background(), bytes.NewReader(raw), dbt.ManifestOptions{}, known); err != nil {
		b.Fatal(err)
	}
	isKnown := func(id string, h dbt.Hash) bool { return known.of[id] == h }
	for _, c := range []struct {
		name string
		opt  dbt.ManifestOptions
	}{
		{"changed/1", dbt.ManifestOptions{Decoders: 1}},
		{"changed/2", dbt.ManifestOptions{Decoders: 2}},
		{"unchanged/1", dbt.ManifestOptions{Decoders: 1, IsUnchanged: isKnown}},
		{"unchanged/2", dbt.ManifestOptions{Decoders: 2, IsUnchanged: isKnown}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := dbt.ReadManifest(context.Background(), bytes.NewReader(raw), c.opt, nothing{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("stream", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		for b.Loop() {
			s, err := dbt.Open(bytes.NewReader(raw), dbt.Limits{})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, s); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("baseline/encoding-json", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			var m struct{ Nodes, Sources map[string]plainNode }
			if err := json.Unmarshal(raw, &m); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// plainNode is what one would write for encoding/json: the same fields as dbt.Node, trusting their types.
type plainNode struct {
	UniqueID         string `json:"unique_id"`
	ResourceType     string `json:"resource_type"`
	Name             string
	Alias            string
	Database         string
	Schema           string
	RelationName     string `json:"relation_name"`
	PackageName      string `json:"package_name"`
	Path             string
	OriginalFilePath string `json:"original_file_path"`
	PatchPath        string `json:"patch_path"`
	Description      string
	Columns          map[string]struct {
		Name        string
		Description string
		DataType    string `json:"data_type"`
		Meta        json.RawMessage
		Tags        []string
	}
	Meta         json.RawMessage
	Config       json.RawMessage
	Tags         []string
	RawCode      string `json:"raw_code"`
	CompiledCode string `json:"compiled_code"`
	Language     string
	Checksum     struct{ Name, Checksum string }
	DependsOn    struct{ Nodes, Macros []string } `json:"depends_on"`
	Refs         []json.RawMessage
	TestMetadata json.RawMessage `json:"test_metadata"`
	ColumnName   string          `json:"column_name"`
	AttachedNode string          `json:"attached_node"`
}
