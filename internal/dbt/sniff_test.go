package dbt_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// TestSniffRealArtifacts tells the kind of every real artifact.
func TestSniffRealArtifacts(t *testing.T) {
	dir := artifactsDir(t)
	for path, want := range realCounts(t, dir) {
		if want["kind"] == "broken" {
			continue
		}
		f, err := os.Open(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		head, err := dbt.Sniff(context.Background(), f, dbt.Limits{})
		f.Close()
		if err != nil || string(head.Kind) != want["kind"] {
			t.Errorf("%s: got %q and %v, want %v", path, head.Kind, err, want["kind"])
		}
		if v, _ := want["schema_version"].(string); v != head.SchemaVersion {
			t.Errorf("%s: got version %q, want %q", path, head.SchemaVersion, v)
		}
	}
}

// TestSniff: metadata that come last, and files that are nothing of dbt's.
func TestSniff(t *testing.T) {
	last := `{"nodes":{"a":{"x":1}},` + metadataV12 + `}`
	if head, err := dbt.Sniff(context.Background(), strings.NewReader(last), dbt.Limits{}); err != nil || head.Kind != dbt.Manifest || head.Version != 12 {
		t.Errorf("metadata last: %+v, %v", head, err)
	}
	if head, err := dbt.Sniff(context.Background(), strings.NewReader(`{"sources":{"source.p.r.t":{"max_loaded_at":"x"}}}`), dbt.Limits{}); err != nil || head.Kind != dbt.Sources {
		t.Errorf("sources of v0: %+v, %v", head, err)
	}
	for _, text := range []string{`{}`, `{"name":"x"}`, `{"results":5}`} {
		_, err := dbt.Sniff(context.Background(), strings.NewReader(text), dbt.Limits{})
		var e *dbt.Error
		if !errors.As(err, &e) || e.Code != dbt.CodeKindUnknown {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

// TestSniffStopsEarly: what follows metadata that come first is not read.
func TestSniffStopsEarly(t *testing.T) {
	r := io.MultiReader(strings.NewReader(`{`+metadataV12+`,"nodes":{`+strings.Repeat(" ", 1<<17)), failing{errors.New("read too far")})
	if head, err := dbt.Sniff(context.Background(), r, dbt.Limits{}); err != nil || head.Kind != dbt.Manifest {
		t.Errorf("%+v, %v", head, err)
	}
}
