// Package importing turns dbt artifacts into observations, which package revision
// applies.
//
// One import goes through open and read, here, and merge, trace and save, there
// (run.go). An artifact is read twice: a first pass indexes it and finds what
// changed, a second one decodes that, a batch at a time, while it is merged. What
// is wrong with an artifact becomes an issue of the report; only what makes the
// whole artifact unreadable ends the import.
package importing

import (
	"log/slog"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/revision"
)

// Pipeline holds what every import needs. It has no state of its own.
type Pipeline struct {
	Store   Store
	Reviser *revision.Reviser
	Blobs   func(ws int64) blob.Store
	// Spool is the folder of unpacked artifacts while they are imported; "" is
	// the system's own for temporary files.
	Spool  string
	Limits func(part string) dbt.Limits // of the reader, by the part's name
	Now    func() time.Time
	Log    *slog.Logger

	turns turns
}

// readerVersion is part of every "same bytes" check: artifacts are read again
// after an upgrade that reads them, or the code in them, differently.
const readerVersion = "r6+" + lineage.EngineVersion
