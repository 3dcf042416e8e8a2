package readmodel

import (
	"context"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Store is what a Model asks of a store.
type Store interface {
	schemas
	rows
	results
	history
	state
}

// schemas finds schemas and what belongs to one.
type schemas interface {
	Schema(ctx context.Context, ws int64, id catalog.SchemaID) (catalog.Schema, error)
	Schemas(ctx context.Context, ws int64, only []catalog.SchemaID, p store.Page) (store.Paged[store.SchemaRow], error)
	ServedSchemas(ctx context.Context, limit int) ([]store.Served, error)
	Version(ctx context.Context, ws int64, schema catalog.SchemaID, n int64) (catalog.Version, error)
	VersionAt(ctx context.Context, ws int64, schema catalog.SchemaID, at time.Time) (int64, error)
	Project(ctx context.Context, ws int64, id catalog.ProjectID) (catalog.Project, error)
	Projects(ctx context.Context, ws int64, schema catalog.SchemaID, p store.Page) (store.Paged[catalog.Project], error)
	ImportReports(ctx context.Context, ws int64, schema catalog.SchemaID, existing store.AsOf, limit int) ([]catalog.Import, error)
	Import(ctx context.Context, ws int64, id catalog.ImportID) (catalog.Import, error)
	Run(ctx context.Context, ws int64, id catalog.RunID) (catalog.Run, error)
	Runs(ctx context.Context, ws int64, f store.RunFilter, p store.Page) (store.Paged[catalog.Run], error)
	LineageJobs(ctx context.Context, ws int64, schema catalog.SchemaID, p store.Page) (store.Paged[store.LineageJob], error)
	SchemasOf(ctx context.Context, ws int64, ids []catalog.AssetID) (map[catalog.AssetID]catalog.SchemaID, error)
	AssetPage(ctx context.Context, ws int64, f store.AssetFilter, p store.Page) (store.Paged[catalog.Asset], error)
	AssetBreakdown(ctx context.Context, ws int64, f store.AssetFilter, by store.Breakdown) (map[string]int64, error)
}

// rows reads rows by id.
type rows interface {
	Asset(ctx context.Context, ws int64, id catalog.AssetID, at int64) (catalog.Asset, catalog.SchemaID, error)
	AssetsAt(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Asset, error)
	AssetIDs(ctx context.Context, ws int64, schema catalog.SchemaID, at int64) ([]catalog.AssetID, error)
	AssetByUniqueID(ctx context.Context, ws int64, schema catalog.SchemaID, project, uniqueID string, at int64) (catalog.Asset, error)
	AssetsOfNodes(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, nodes []catalog.NodeRef) (map[catalog.NodeRef]catalog.AssetID, error)
	AssetByRelationKey(ctx context.Context, ws int64, schema catalog.SchemaID, key string, at int64) (catalog.Asset, error)
	ColumnsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) (map[catalog.AssetID][]catalog.Column, error)
	ColumnsAt(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) (map[catalog.AssetID][]catalog.Column, error)
	FacetsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Facet, error)
	NeighboursOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) (map[catalog.AssetID]store.Neighbours, error)
	TestsOfAsset(ctx context.Context, ws int64, schema catalog.SchemaID, asset catalog.AssetID, at int64) ([]catalog.Test, error)
	TestsOfAssets(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Test, error)
	TestBodiesOfAssets(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Test, error)
	TestByID(ctx context.Context, ws int64, id catalog.TestID) (catalog.Test, catalog.SchemaID, error)
	TestsByID(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.TestID) ([]catalog.Test, error)
	Texts(ctx context.Context, ws int64, hashes []catalog.Hash) (map[catalog.Hash]string, error)
}

// results reads runs' results and freshness.
type results interface {
	LatestResults(ctx context.Context, ws int64, schema catalog.SchemaID, nodes []catalog.NodeRef, existing store.AsOf) (map[catalog.NodeRef]catalog.NodeResult, error)
	NodeResults(ctx context.Context, ws int64, schema catalog.SchemaID, f store.ResultFilter, p store.Page) (store.Paged[store.RunResult], error)
	RunResults(ctx context.Context, ws int64, run catalog.RunID, class string, p store.Page) (store.Paged[catalog.NodeResult], error)
	RunResultsOf(ctx context.Context, ws int64, run catalog.RunID, uniqueIDs []string) ([]catalog.NodeResult, error)
	LastOfRun(ctx context.Context, ws int64, run catalog.RunID) (*catalog.NodeResult, error)
	RunOperations(ctx context.Context, ws int64, run catalog.RunID) ([]catalog.NodeResult, error)
	RunSpan(ctx context.Context, ws int64, run catalog.RunID) (started, completed time.Time, err error)
	RetriedRun(ctx context.Context, ws int64, run catalog.Run) (catalog.RunID, error)
	RetryOf(ctx context.Context, ws int64, run catalog.Run) (catalog.RunID, error)
	TestFigures(ctx context.Context, ws int64, schema catalog.SchemaID, existing store.AsOf) ([]store.TestFigures, error)
	TestNames(ctx context.Context, ws int64, schema catalog.SchemaID, at int64) (map[catalog.TestID]string, error)
	NodeDurations(ctx context.Context, ws int64, schema catalog.SchemaID, node []catalog.NodeRef, to time.Time, existing store.AsOf, limit int) ([]store.Duration, error)
	ElapsedBefore(ctx context.Context, ws int64, run catalog.Run, projects []catalog.ProjectID, existing store.AsOf, limit int) ([]float64, error)
	RecentRuns(ctx context.Context, ws int64, schema catalog.SchemaID, existing store.AsOf, runs, results int) ([]store.RunTimes, error)
	NodeTimes(ctx context.Context, ws int64, run catalog.RunID, named func(uniqueID string) string) ([]store.NodeTime, error)
	RunFreshness(ctx context.Context, ws int64, run catalog.RunID, p store.Page) (store.Paged[catalog.Freshness], error)
	FreshnessHistory(ctx context.Context, ws int64, schema catalog.SchemaID, source []catalog.NodeRef, existing store.AsOf, p store.Page) (store.Paged[catalog.Freshness], error)
	LatestFreshness(ctx context.Context, ws int64, schema catalog.SchemaID, sources []catalog.NodeRef, existing store.AsOf) ([]store.SourceFreshness, error)
	ResultsStored(ctx context.Context, ws int64, schema catalog.SchemaID) (int64, error)
	ClassesOf(ctx context.Context, ws int64, schema catalog.SchemaID, nodes []store.NodeKey, existing store.AsOf) (map[store.NodeKey]string, error)
	LatestOfProjects(ctx context.Context, ws int64, schema catalog.SchemaID, projects []catalog.ProjectID, existing store.AsOf) ([]store.NodeLatest, error)
	LatestClasses(ctx context.Context, ws int64, schema catalog.SchemaID, existing store.AsOf) ([]store.NodeClass, error)
}

// history reads what changed and what waits.
type history interface {
	VersionsTo(ctx context.Context, ws int64, schema catalog.SchemaID, to int64, limit int) ([]catalog.Version, error)
	VersionPage(ctx context.Context, ws int64, schema catalog.SchemaID, to int64, p store.Page) (store.Paged[store.VersionRow], error)
	VersionsOf(ctx context.Context, ws int64, schema catalog.SchemaID, numbers []int64) (map[int64]catalog.Version, error)
	BlamesOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, assets []catalog.Asset) (map[catalog.AssetID]catalog.Blame, error)
	ChangesAt(ctx context.Context, ws int64, schema catalog.SchemaID, asset catalog.AssetID, versions []int64) ([]store.ChangedAsset, error)
	FirstVersion(ctx context.Context, ws int64, schema catalog.SchemaID) (int64, error)
	ChangedAssets(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64, p store.Page) (store.Paged[store.ChangedAsset], error)
	ChangedIDs(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64, after catalog.AssetID, limit int) ([]catalog.AssetID, error)
	VersionsOfAssets(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64, ids []catalog.AssetID) ([]store.AssetVersion, error)
	CodeChanges(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64) ([]store.CodeChange, error)
	TestCodeChanges(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64, ids []catalog.TestID) ([]store.CodeChange, error)
	Edits(ctx context.Context, ws int64, schema catalog.SchemaID, asset catalog.AssetID, at int64, p store.Page) (store.Paged[store.Edit], error)
	AssetHistory(ctx context.Context, ws int64, schema catalog.SchemaID, asset catalog.AssetID, p store.Page) (store.Paged[store.ChangedAsset], error)
	Removals(ctx context.Context, ws int64, schema catalog.SchemaID, p store.Page) (store.Paged[store.PendingRemoval], error)
}

// state reads what parts are made of, at served versions and at the one in the
// making.
type state interface {
	Deltas(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64) ([]catalog.VersionDelta, error)
	AssetCards(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]*store.AssetCard, error)
	EdgesInto(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Edge, error)
	TestRefs(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.TestID) ([]store.TestRef, error)
	ColumnBlocks(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]store.ColumnEdgeBlock, error)
}
