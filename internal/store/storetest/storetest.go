// Package storetest is the suite that every engine of package store must pass:
// Run tests each method against a real database.
package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Open returns an empty, migrated store with this clock and closes it when the
// test ends.
type Open func(t testing.TB, now func() time.Time) *store.Store

// Run tests a store.
func Run(t *testing.T, open Open) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, *rig)
	}{
		{"schemas", testSchemas},
		{"schema names", testSchemaNames},
		{"projects", testProjects},
		{"imports", testImports},
		{"import pages", testImportPages},
		{"idempotency", testIdempotency},
		{"claims", testClaims},
		{"jobs without a lease", testJobsWithoutLease},
		{"lease from the future", testLeaseFromTheFuture},
		{"enqueue", testEnqueue},
		{"schedules", testSchedules},
		{"cancel the first", testCancelTheFirst},
		{"many jobs", testManyJobs},
		{"claim again", testClaimAgain},
		{"late heartbeat", testLateHeartbeat},
		{"claim order", testClaimOrder},
		{"concurrent claims", testConcurrentClaims},
		{"lease expiry", testLeaseExpiry},
		{"poison", testPoison},
		{"cancel", testCancel},
		{"release", testRelease},
		{"finish", testFinish},
		{"wake", testWake},
		{"edit leases", testEditLeases},
		{"lease line", testLeaseLine},
		{"blobs", testBlobs},
		{"blob being deleted", testBlobBeingDeleted},
		{"secrets", testSecrets},
		{"webhooks", testWebhooks},
		{"lineage jobs", testLineageJobs},
		{"deliveries", testDeliveries},
		{"events", testEvents},
		{"integrations", testIntegrations},
		{"syncs", testSyncs},
		{"parts of integrations", testIntegrationParts},
		{"drafts of integrations", testDrafts},
		{"objects of integrations", testSeenObjects},
		{"due integrations", testDueIntegrations},
		{"old runs", testOldRuns},
		{"old versions", testOldVersions},
		{"blame", testBlame},
		{"example of the README", testExample},
		{"versions", testVersions},
		{"time travel", testTimeTravel},
		{"replace within a version", testReplaceWithin},
		{"invisible before the flip", testInvisible},
		{"dead save", testDeadSave},
		{"abort", testAbort},
		{"lost commit", testLostCommit},
		{"fencing", testFencing},
		{"note", testNote},
		{"index", testIndex},
		{"facets", testFacets},
		{"edits", testEdits},
		{"long edits", testLongEdits},
		{"tests", testTests},
		{"edges", testEdges},
		{"column edges", testColumnEdges},
		{"texts", testTexts},
		{"long values", testLongValues},
		{"many labels", testManyLabels},
		{"collect texts", testCollectTexts},
		{"collect texts while one writes", testCollectDuringWrite},
		{"collect texts while many write", testCollectDuringWrites},
		{"removals", testRemovals},
		{"asset pages", testAssetPages},
		{"asset filters", testAssetFilters},
		{"asset look-ups", testAssetLookups},
		{"deleted schemas", testDeletedSchemas},
		{"changes", testChanges},
		{"deltas", testDeltas},
		{"cards", testCards},
		{"neighbours", testNeighbours},
		{"test references", testTestRefs},
		{"latest classes", testLatestClasses},
		{"results that were known", testAsOf},
		{"runs", testRuns},
		{"runs of one time", testRunsOfOneTime},
		{"latest results", testLatest},
		{"freshness", testFreshness},
		{"run in parts", testRunInParts},
		{"freshness in parts", testFreshnessInParts},
		{"results by project", testResultsByProject},
		{"run results", testRunResults},
		{"run outcomes", testRunOutcomes},
		{"steps of a run", testRunSteps},
		{"sorted runs", testSortedRuns},
		{"runs of a renamed project", testRenamedRuns},
		{"durations", testDurations},
		{"changes of code", testCodeChanges},
		{"keys", testKeys},
		{"users", testUsers},
		{"sessions", testSessions},
		{"setup", testSetUp},
		{"identities", testIdentities},
		{"personal settings", testPersonal},
		{"audit", testAudit},
		{"settings", testSettings},
		{"foreign ids", testForeignIDs},
		{"isolation", testIsolation},
		{"bad positions", testBadPositions},
		{"migrate", testMigrate},
	} {
		t.Run(test.name, func(t *testing.T) {
			clock := &clock{at: start}
			test.run(t, &rig{t: t, clock: clock, Store: open(t, clock.now)})
		})
	}
}

var start = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

// ws is the workspace that tests use unless they are about workspaces.
const ws = catalog.DefaultWorkspace

// rig is a store with what tests do all the time.
type rig struct {
	t     *testing.T
	clock *clock
	*store.Store
}

// must ends the test on an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func get[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		must(t, err)
		return v
	}
}

// wants checks for a sentinel.
func wants(t testing.TB, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Fatalf("error %v, want %v", got, want)
	}
}

// same compares values; nil and empty are the same.
func same(t testing.TB, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
}

func (r *rig) schema(name string) catalog.SchemaID {
	r.t.Helper()
	return get(r.CreateSchema(r.t.Context(), ws, name, "prod", store.By{}))(r.t).ID
}

func (r *rig) lease(schema catalog.SchemaID) store.Lease {
	r.t.Helper()
	return get(r.LeaseSchema(r.t.Context(), ws, schema, "test", 0))(r.t)
}

// begin leases a schema, which stays leased, and begins a version.
func (r *rig) begin(schema catalog.SchemaID) (*store.Write, store.Lease) {
	r.t.Helper()
	l := r.lease(schema)
	return get(r.Begin(r.t.Context(), l))(r.t), l
}

// save makes a version.
func (r *rig) save(schema catalog.SchemaID, write func(*store.Write)) int64 {
	r.t.Helper()
	w, l := r.begin(schema)
	write(w)
	must(r.t, w.Flip(r.t.Context(), edited()))
	must(r.t, r.ReleaseLease(r.t.Context(), l))
	return w.Number()
}

// put saves assets as a version.
func (r *rig) put(schema catalog.SchemaID, assets ...store.AssetRow) int64 {
	r.t.Helper()
	return r.save(schema, func(w *store.Write) { must(r.t, w.PutAssets(r.t.Context(), assets)) })
}

// walk reads all pages of a list, limit rows at a time.
func walk[T any](t testing.TB, limit int, list func(store.Page) (store.Paged[T], error)) []T {
	t.Helper()
	var all []T
	page := store.Page{Limit: limit}
	for range 1000 {
		got, err := list(page)
		must(t, err)
		all = append(all, got.Rows...)
		if got.Total >= 0 && got.Next == "" && int64(len(all)) != got.Total {
			t.Fatalf("%d rows in all pages, total %d", len(all), got.Total)
		}
		if got.Next == "" {
			return all
		}
		if len(got.Rows) != limit {
			t.Fatalf("page of %d rows before the last, want %d", len(got.Rows), limit)
		}
		page.After = got.Next
	}
	t.Fatal("pages without end")
	return nil
}

// table makes an asset of the kind model.
func table(id catalog.AssetID, name string, change ...func(*store.AssetRow)) store.AssetRow {
	row := store.AssetRow{
		Asset: catalog.Asset{ID: id, Kind: catalog.KindModel, Name: name, RelationKey: "db.main." + name, Present: true},
		Hash:  catalog.HashOfText(name),
	}
	for _, c := range change {
		c(&row)
	}
	return row
}

func names(assets []catalog.Asset) []string {
	out := make([]string, len(assets))
	for i, a := range assets {
		out[i] = a.Name
	}
	return out
}

// named is an API key as the author of a change, without its id.
func named(name string) catalog.Actor { return catalog.Actor{Kind: catalog.ActorKey, Name: name} }

// edited is the flip of the first edit.
func edited() store.Flip {
	return store.Flip{Cause: catalog.Cause{Kind: catalog.CauseEdit, ID: 1}, Actor: named("test")}
}

// Text reads one text; catalog.ErrNotFound without it.
func (r *rig) Text(ctx context.Context, ws int64, hash catalog.Hash) (string, error) {
	texts, err := r.Texts(ctx, ws, []catalog.Hash{hash})
	if text, ok := texts[hash]; ok || err != nil || hash.IsZero() {
		return text, err
	}
	return "", catalog.ErrNotFound
}
