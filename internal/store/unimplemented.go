package store

import (
	"context"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Store is the catalog's storage; safe for concurrent use.
type Store struct{}

// Write is the next version of one schema in the making. Not for concurrent use.
type Write struct{}

type C = context.Context

var no = catalog.ErrUnsupported

func (s *Store) CreateSchema(ctx C, ws int64, name, environment string) (catalog.Schema, error) {
	return catalog.Schema{}, no
}
func (s *Store) Schema(ctx C, ws int64, id catalog.SchemaID) (catalog.Schema, error) {
	return catalog.Schema{}, no
}
func (s *Store) Schemas(ctx C, ws int64, p Page) (Paged[SchemaRow], error) {
	return Paged[SchemaRow]{}, no
}
func (s *Store) UpdateSchema(ctx C, ws int64, id catalog.SchemaID, patch SchemaPatch) (catalog.Schema, error) {
	return catalog.Schema{}, no
}
func (s *Store) Projects(ctx C, ws int64, schema catalog.SchemaID, p Page) (Paged[catalog.Project], error) {
	return Paged[catalog.Project]{}, no
}
func (s *Store) Project(ctx C, ws int64, id catalog.ProjectID) (catalog.Project, error) {
	return catalog.Project{}, no
}
func (s *Store) ProjectByKey(ctx C, ws int64, schema catalog.SchemaID, key string) (catalog.Project, error) {
	return catalog.Project{}, no
}
func (s *Store) EnsureProject(ctx C, lease Lease, key, name string) (catalog.Project, error) {
	return catalog.Project{}, no
}
func (s *Store) CreateImport(ctx C, ws int64, n NewImport) (imp catalog.Import, replayed bool, err error) {
	return catalog.Import{}, false, no
}
func (s *Store) Import(ctx C, ws int64, id catalog.ImportID) (catalog.Import, error) {
	return catalog.Import{}, no
}
func (s *Store) Imports(ctx C, ws int64, f ImportFilter, p Page) (Paged[catalog.Import], error) {
	return Paged[catalog.Import]{}, no
}
func (s *Store) CancelImport(ctx C, ws int64, id catalog.ImportID) error      { return no }
func (s *Store) ClaimImport(ctx C, worker string) (*Claim, error)             { return nil, no }
func (s *Store) Heartbeat(ctx C, c Claim) (canceled bool, err error)          { return false, no }
func (s *Store) SaveReport(ctx C, c Claim, r catalog.Report) error            { return no }
func (s *Store) Finish(ctx C, c Claim, imp catalog.Import) error              { return no }
func (s *Store) Release(ctx C, c Claim, burn bool, notBefore time.Time) error { return no }
func (s *Store) QueueLength(ctx C) (pending, processing int64, err error)     { return 0, 0, no }
func (s *Store) Wake() <-chan struct{}                                        { return nil }
func (s *Store) RenewLease(ctx C, l Lease) error                              { return no }
func (s *Store) ReleaseLease(ctx C, l Lease) error                            { return no }
func (s *Store) LeaseSchema(ctx C, ws int64, schema catalog.SchemaID, holder string, wait time.Duration) (Lease, error) {
	return Lease{}, no
}

// TouchBlob says that a blob was stored or found present just now: it is not
// unreferenced for a while, even before an import names it.
func (s *Store) TouchBlob(ctx C, sha256 string, size int64) error { return no }

// BlobRefs counts the imports that name a blob.
func (s *Store) BlobRefs(ctx C, sha256 string) (int64, error) { return 0, no }

// UnreferencedBlobs lists blobs that no import names, touched before olderThan.
func (s *Store) UnreferencedBlobs(ctx C, olderThan time.Time, limit int) ([]string, error) {
	return nil, no
}

// ForgetBlobs forgets those that are still unreferenced and gives them back, for deletion.
func (s *Store) ForgetBlobs(ctx C, olderThan time.Time, sha256s []string) ([]string, error) {
	return nil, no
}

// DropBlobRefs gives up the blobs of an ended import.
func (s *Store) DropBlobRefs(ctx C, ws int64, imp catalog.ImportID) error { return no }

func (s *Store) Applied(ctx C, ws int64, schema catalog.SchemaID, part, sha256, reader string) (catalog.ProjectID, bool, error) {
	return 0, false, no
}
func (s *Store) Fingerprint(ctx C, ws int64, schema catalog.SchemaID, project catalog.ProjectID, source string) ([]byte, error) {
	return nil, no
}
func (s *Store) Index(ctx C, ws int64, schema catalog.SchemaID) (*Index, error) { return nil, no }
func (s *Store) FacetsOf(ctx C, ws int64, schema catalog.SchemaID, at int64, assets []catalog.AssetID) ([]catalog.Facet, error) {
	return nil, no
}

// PendingFacets: facets without an asset (of one project, 0 = all).
func (s *Store) PendingFacets(ctx C, ws int64, schema catalog.SchemaID, at int64, project catalog.ProjectID) ([]catalog.Facet, error) {
	return nil, no
}
func (s *Store) AssetsOf(ctx C, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Asset, error) {
	return nil, no
}
func (s *Store) ColumnsOf(ctx C, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) (map[catalog.AssetID][]catalog.Column, error) {
	return nil, no
}
func (s *Store) EdgesOf(ctx C, ws int64, schema catalog.SchemaID, at int64, project catalog.ProjectID) ([]catalog.Edge, error) {
	return nil, no
}

// TestsOf lists tests by id; without full, Body is left empty.
func (s *Store) TestsOf(ctx C, ws int64, schema catalog.SchemaID, at int64, project catalog.ProjectID, full bool) ([]catalog.Test, error) {
	return nil, no
}

// ColumnEdgesOf: ids nil = all.
func (s *Store) ColumnEdgesOf(ctx C, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]ColumnEdgeBlock, error) {
	return nil, no
}
func (s *Store) Begin(ctx C, l Lease) (*Write, error)                          { return nil, no }
func (w *Write) Number() int64                                                 { return 0 }
func (w *Write) NewIDs(ctx C, prefix string, n int64) (first int64, err error) { return 0, no }
func (w *Write) PutAssets(ctx C, rows []AssetRow) error                        { return no }
func (w *Write) PutFacets(ctx C, rows []catalog.Facet) error                   { return no }
func (w *Write) CloseFacets(ctx C, keys []FacetKey) error                      { return no }
func (w *Write) PutTests(ctx C, rows []catalog.Test) error                     { return no }
func (w *Write) CloseTests(ctx C, ids []catalog.TestID) error                  { return no }
func (w *Write) PutEdges(ctx C, rows []catalog.Edge) error                     { return no }
func (w *Write) CloseEdges(ctx C, rows []catalog.Edge) error                   { return no }
func (w *Write) PutColumnEdges(ctx C, rows []ColumnEdgeBlock) error            { return no }
func (w *Write) CloseColumnEdges(ctx C, ids []catalog.AssetID) error           { return no }
func (w *Write) PutTexts(ctx C, texts map[catalog.Hash]string) error           { return no }
func (w *Write) Flip(ctx C, f Flip) error                                      { return no }
func (w *Write) Note(ctx C, f Flip) error                                      { return no }
func (w *Write) Abort(ctx C) error                                             { return no }
func (s *Store) Removals(ctx C, ws int64, schema catalog.SchemaID, p Page) (Paged[PendingRemoval], error) {
	return Paged[PendingRemoval]{}, no
}
func (s *Store) ClearRemovals(ctx C, l Lease, project catalog.ProjectID) error { return no }

// PutRun: results (run_results.json) or freshness (sources.json), not both.
func (s *Store) PutRun(ctx C, ws int64, run catalog.Run, results []catalog.NodeResult, freshness []catalog.Freshness) (id catalog.RunID, stored bool, err error) {
	return 0, false, no
}
func (s *Store) Run(ctx C, ws int64, id catalog.RunID) (catalog.Run, error) { return catalog.Run{}, no }
func (s *Store) Runs(ctx C, ws int64, f RunFilter, p Page) (Paged[catalog.Run], error) {
	return Paged[catalog.Run]{}, no
}
func (s *Store) RunResults(ctx C, ws int64, run catalog.RunID, p Page) (Paged[catalog.NodeResult], error) {
	return Paged[catalog.NodeResult]{}, no
}
func (s *Store) RunFreshness(ctx C, ws int64, run catalog.RunID, p Page) (Paged[catalog.Freshness], error) {
	return Paged[catalog.Freshness]{}, no
}
func (s *Store) LatestResults(ctx C, ws int64, schema catalog.SchemaID, uniqueIDs []string) (map[string]catalog.NodeResult, error) {
	return nil, no
}
func (s *Store) LatestFreshness(ctx C, ws int64, schema catalog.SchemaID, uniqueIDs []string) (map[string]catalog.Freshness, error) {
	return nil, no
}

// NodeResults: history of nodes, newest first.
func (s *Store) NodeResults(ctx C, ws int64, schema catalog.SchemaID, uniqueIDs []string, p Page) (Paged[RunResult], error) {
	return Paged[RunResult]{}, no
}
func (s *Store) VersionAt(ctx C, ws int64, schema catalog.SchemaID, at time.Time) (int64, error) {
	return 0, no
}
func (s *Store) Versions(ctx C, ws int64, schema catalog.SchemaID, p Page) (Paged[catalog.Version], error) {
	return Paged[catalog.Version]{}, no
}
func (s *Store) Version(ctx C, ws int64, schema catalog.SchemaID, n int64) (catalog.Version, error) {
	return catalog.Version{}, no
}
func (s *Store) AssetPage(ctx C, ws int64, f AssetFilter, p Page) (Paged[catalog.Asset], error) {
	return Paged[catalog.Asset]{}, no
}
func (s *Store) AssetBreakdown(ctx C, ws int64, f AssetFilter, by Breakdown) (map[string]int64, error) {
	return nil, no
}
func (s *Store) Asset(ctx C, ws int64, id catalog.AssetID, at int64) (catalog.Asset, catalog.SchemaID, error) {
	return catalog.Asset{}, 0, no
}
func (s *Store) AssetByUniqueID(ctx C, ws int64, schema catalog.SchemaID, project, uniqueID string, at int64) (catalog.Asset, error) {
	return catalog.Asset{}, no
}
func (s *Store) AssetByRelationKey(ctx C, ws int64, schema catalog.SchemaID, key string, at int64) (catalog.Asset, error) {
	return catalog.Asset{}, no
}

// Text of one workspace by its hash (a tenant cannot probe another's texts).
func (s *Store) Text(ctx C, ws int64, hash catalog.Hash) (string, error) { return "", no }

// Texts: those that exist.
func (s *Store) Texts(ctx C, ws int64, hashes []catalog.Hash) (map[catalog.Hash]string, error) {
	return nil, no
}
func (s *Store) TestsOfAsset(ctx C, ws int64, schema catalog.SchemaID, asset catalog.AssetID, at int64) ([]catalog.Test, error) {
	return nil, no
}
func (s *Store) ChangedAssets(ctx C, ws int64, schema catalog.SchemaID, from, to int64, p Page) (Paged[ChangedAsset], error) {
	return Paged[ChangedAsset]{}, no
}
func (s *Store) AssetHistory(ctx C, ws int64, schema catalog.SchemaID, asset catalog.AssetID, p Page) (Paged[ChangedAsset], error) {
	return Paged[ChangedAsset]{}, no
}

// PutKey stores a new key (ID and CreatedAt are set by the store) or, with an ID, changes one.
func (s *Store) PutKey(ctx C, k Key) (Key, error)                 { return Key{}, no }
func (s *Store) KeyByID(ctx C, publicID string) (Key, error)      { return Key{}, no }
func (s *Store) Keys(ctx C, ws int64, p Page) (Paged[Key], error) { return Paged[Key]{}, no }
func (s *Store) RevokeKey(ctx C, ws, id int64) error              { return no }
func (s *Store) TouchKeys(ctx C, used map[int64]time.Time) error  { return no }
func (s *Store) CountKeys(ctx C) (int64, error)                   { return 0, no }

// Setting: wrapped catalog.ErrNotFound if it was never put.
func (s *Store) Setting(ctx C, name string) ([]byte, error) { return nil, no }

// PutSetting overwrites.
func (s *Store) PutSetting(ctx C, name string, value []byte) error { return no }

// EnsureSetting stores value unless there is one and gives what stands: two
// processes that start at once agree on one secret.
func (s *Store) EnsureSetting(ctx C, name string, value []byte) ([]byte, error) { return nil, no }
func (s *Store) Ping(ctx C) error                                               { return no }
func (s *Store) Migrate(ctx C) error                                            { return no }

// SchemaVersion of the tables: what is there and what this binary knows.
func (s *Store) SchemaVersion(ctx C) (current, known int64, err error) { return 0, 0, no }
func (s *Store) Close() error                                          { return no }
func (s *Store) EngineName() string                                    { return "" }

// Backup writes a consistent copy to a new file; SQLite only, else catalog.ErrUnsupported.
func (s *Store) Backup(ctx C, path string) error { return no }
