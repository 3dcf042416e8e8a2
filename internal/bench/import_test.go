// Package bench times whole imports of generated projects, stage by stage.
// It is run by `make bench`; nothing in it is a test.
package bench

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/blob/fs"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/importing"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/revision"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/postgres"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
)

type bench struct {
	b      *testing.B
	store  *store.Store
	blobs  *fs.Store
	kind   jobs.Kind
	schema catalog.SchemaID
}

func newBench(b *testing.B, s *store.Store) *bench {
	ctx := b.Context()
	if err := s.Migrate(ctx); err != nil {
		b.Fatal(err)
	}
	blobs, err := fs.Open(b.TempDir(), catalog.DefaultWorkspace, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	schema, err := s.CreateSchema(ctx, catalog.DefaultWorkspace, "Bench", "", store.By{})
	if err != nil {
		b.Fatal(err)
	}
	p := &importing.Pipeline{
		Store: s, Reviser: &revision.Reviser{Store: s, Now: time.Now, Log: slog.New(slog.DiscardHandler)}, Blobs: func(int64) blob.Store { return blobs }, Now: time.Now,
		Limits: func(part string) dbt.Limits { return dbt.DefaultLimits(dbt.Kind(part)) }, Log: slog.New(slog.DiscardHandler),
	}
	return &bench{b: b, store: s, blobs: blobs, kind: p.Kind(), schema: schema.ID}
}

// send imports the artifacts of a folder and reports its stages.
func (x *bench) send(dir, label string) {
	x.run(x.parts(dir), label)
}

// parts stores the artifacts of a folder.
func (x *bench) parts(dir string) (parts []catalog.Part) {
	for _, name := range []string{"manifest", "catalog"} {
		parts = append(parts, x.put(name, filepath.Join(dir, name+".json")))
	}
	return parts
}

// run imports parts.
func (x *bench) run(parts []catalog.Part, label string) {
	ctx := x.b.Context()
	touch, err := x.store.TouchBlobs(ctx, parts)
	if err != nil {
		x.b.Fatal(err)
	}
	imp, _, err := x.store.CreateImport(ctx, catalog.DefaultWorkspace, store.NewImport{SchemaID: x.schema, Parts: parts, Touch: touch, Actor: catalog.Actor{Kind: catalog.ActorKey, Name: "bench"}})
	if err != nil {
		x.b.Fatal(err)
	}
	began, used := time.Now(), cpu()
	peak, stop := watch()
	run, cancel := context.WithCancel(ctx)
	runner := jobs.New(x.store, jobs.Options{
		Name: "bench", Slots: 1, Grace: time.Minute, Now: time.Now, Log: slog.New(slog.DiscardHandler), Ended: func(jobs.End) { cancel() },
	}, x.kind)
	if err := runner.Run(run); err != nil {
		x.b.Fatal(err)
	}
	took, used := time.Since(began), cpu()-used
	stop()
	if imp, err = x.store.Import(ctx, catalog.DefaultWorkspace, imp.ID); err != nil || imp.Status != catalog.Completed {
		x.b.Fatalf("%s %v %v", imp.Status, imp.Error, err)
	}
	var stages []string
	for _, s := range imp.Report.Stages {
		stages = append(stages, fmt.Sprintf("%s %.0f", s.Name, s.MS))
	}
	fmt.Printf("%-28s wall %6.0f ms  cpu %6.0f ms  peak anonymous %4.0f MB  %s  (%s)\n", label, ms(took), ms(used), *peak, imp.Report.Outcome, strings.Join(stages, ", "))
	x.b.ReportMetric(ms(took), strings.ReplaceAll(label, " ", "-")+"-ms")
}

func (x *bench) put(name, path string) catalog.Part {
	f, err := os.Open(path)
	if err != nil {
		x.b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	w, err := x.blobs.Create(x.b.Context())
	if err != nil {
		x.b.Fatal(err)
	}
	if _, err := io.Copy(w, f); err != nil {
		x.b.Fatal(err)
	}
	sum := w.Sum()
	if _, _, err = w.Commit(x.b.Context()); err != nil {
		x.b.Fatal(err)
	}
	return catalog.Part{Name: name, SHA256: sum.Hash.String(), Size: sum.Size, Checksum: sum.Checksum}
}

func TestMain(m *testing.M) { pgtest.Main(m) }

func BenchmarkImportSQLite(b *testing.B) {
	s, err := sqlite.Open(b.Context(), b.TempDir(), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	imports(b, s, "sqlite")
}

func BenchmarkImportPostgres(b *testing.B) {
	projectDir(b)
	s, err := postgres.Open(b.Context(), pgtest.New(b), postgres.Options{})
	if err != nil {
		b.Fatal(err)
	}
	imports(b, s, "postgres")
}

// imports goes through the four cases that matter.
func imports(b *testing.B, s *store.Store, engine string) {
	dir := projectDir(b)
	b.Cleanup(func() { _ = s.Close() })
	x := newBench(b, s)
	x.send(filepath.Join(dir, "first"), engine+" first")
	x.send(filepath.Join(dir, "first"), engine+" same bytes")
	x.send(filepath.Join(dir, "again"), engine+" regenerated")
	x.send(filepath.Join(dir, "changed"), engine+" one model changed")
}
