// Package importing is the pipeline: artifacts in, the next version of a
// schema out. It is the only writer of versions; an edit by a person is a
// small import of one facet through the same code (edit.go).
//
// One import goes through open → read → merge → trace → save (run.go). Each
// stage is a function with plain inputs and outputs. What is found wrong in an
// artifact becomes an issue of the report; only what makes the whole artifact
// unreadable ends the import.
package importing

import (
	"log/slog"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Pipeline holds what every import needs. It has no state of its own.
type Pipeline struct {
	Store  *store.Store
	Blobs  func(ws int64) blob.Store
	Limits func(part string) dbt.Limits // of the reader, by the part's name
	Now    func() time.Time
	Log    *slog.Logger
}

// readerVersion is part of every "same bytes" check: artifacts are read again
// after an upgrade that reads them, or the code in them, differently.
const readerVersion = "r1+" + lineage.EngineVersion
