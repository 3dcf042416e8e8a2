package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/thalweg-data/thalweg/internal/blob/s3/s3test"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/config"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/store"
)

// manifest is a manifest of one model, whose description tells one from another.
func manifest(description string) []byte {
	return []byte(`{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "project_name": "p", "adapter_type": "postgres",
		"generated_at": "2026-11-30T08:00:00Z"}, "nodes": {"model.p.a": {"unique_id": "model.p.a", "resource_type": "model", "name": "a", "package_name": "p",
		"database": "d", "schema": "s", "alias": "a", "columns": {}, "depends_on": {"nodes": []}, "config": {}, "description": "` + description + `",
		"raw_code": "select 1 as one -- ` + strings.Repeat("x", 5000) + `"}}, "sources": {}, "parent_map": {"model.p.a": []}, "child_map": {"model.p.a": []}}`)
}

// importAll imports manifests one after the other.
func importAll(t *testing.T, a *App, schema catalog.SchemaID, descriptions ...string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	worker, ends := a.worker(), make(chan jobs.End, 100)
	worker.Ended = func(e jobs.End) {
		if e.Job.Kind == store.KindImport {
			ends <- e
		}
	}
	done := make(chan error, 1)
	go func() { done <- worker.Run(ctx) }()
	defer func() { stop(); <-done }()
	for _, d := range descriptions {
		if err := a.Enqueue(t.Context(), schema, catalog.Actor{Kind: catalog.ActorSystem}, []Artifact{{Name: "manifest", Content: manifest(d)}}); err != nil {
			t.Fatal(err)
		}
	}
	for range descriptions {
		if end := <-ends; end.Failure != nil {
			t.Errorf("import failed: %s", end.Failure.Message)
		}
	}
}

// keys lists the objects of the bucket.
func keys(t *testing.T, server s3test.Bucket) (all []string) {
	t.Helper()
	out, err := server.Client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(s3test.Name)})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range out.Contents {
		all = append(all, aws.ToString(o.Key))
	}
	return all
}

// A catalog whose artifacts are in a bucket: imports, retention with its compression, a backup and its restore into
// another bucket, and the refusal of a bucket of another database.
func TestArtifactsInABucket(t *testing.T) {
	for name, value := range s3test.Environment() {
		t.Setenv(name, value)
	}
	server := s3test.New(t)
	cfg := config.Default()
	cfg.Data, cfg.Listen, cfg.BlobURL, cfg.Retention.ArtifactsLast = folder(t), "127.0.0.1:0", server.URL("one"), 2
	cfg.Retention.ArtifactsDays = 0
	a, err := Open(t.Context(), cfg, Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	schema, err := a.Store.CreateSchema(t.Context(), catalog.DefaultWorkspace, "A", "", store.By{})
	if err != nil {
		t.Fatal(err)
	}
	importAll(t, a, schema.ID, "first", "second", "third")
	if n := len(keys(t, server)); n != 4 { // the id is one
		t.Errorf("%d objects after three imports, want 4", n)
	}
	a.Retention.Now = func() time.Time { return time.Now().Add(time.Hour) }
	for range 2 { // what loses its last reference is deleted by the next run
		if err := a.Retention.All(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	left := keys(t, server)
	if len(left) != 3 || !strings.HasSuffix(strings.Join(left, "\n")+"\n", ".zst\n") && !strings.Contains(strings.Join(left, "\n"), ".zst\n") {
		t.Errorf("after retention: %q, want two artifacts, one of them compressed", left)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}

	backup := filepath.Join(folder(t), "backup")
	if b, err := Backup(t.Context(), cfg, backup, time.Now()); b.Blobs != 2 || err != nil {
		t.Fatalf("backup: %+v, %v", b, err)
	}
	restored := cfg
	restored.Data, restored.BlobURL = filepath.Join(folder(t), "new"), server.URL("two")
	if r, err := Restore(t.Context(), restored, backup, RestoreOptions{}); r.Blobs != 2 || err != nil {
		t.Fatalf("restore: %+v, %v", r, err)
	}
	if err := try(t, restored); err != nil {
		t.Error(err)
	}
	restored.BlobURL = server.URL("one")
	refusal(t, try(t, restored), "are not in s3://artifacts/one but in another folder or bucket")
	if _, err := os.Stat(filepath.Join(cfg.Data, blobsName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a folder of artifacts as well: %v", err)
	}
}
