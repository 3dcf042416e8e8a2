package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// addIntegration makes an integration that feeds a schema.
func (r *rig) addIntegration(name string, schema catalog.SchemaID) store.Integration {
	r.t.Helper()
	ctx := r.t.Context()
	return get(r.CreateIntegration(ctx, ws, store.Integration{
		ID: get(r.NewIDs(ctx, catalog.PrefixIntegration, 1))(r.t), UUID: "u-" + name, Name: name, Kind: "dbt_core", Schema: schema, Settings: []byte(`{}`),
		ExternalID: "x", Enabled: true, Cron: "0 0 * * *", TimeZone: "Europe/Berlin",
	}, nil, store.By{Actor: named("ana")}))(r.t)
}

func testIntegrations(t *testing.T, r *rig) {
	ctx := t.Context()
	schema, other := r.schema("a"), r.schema("b")
	_, err := r.CreateIntegration(ctx, ws, store.Integration{ID: 9, UUID: "none", Schema: 999, Settings: []byte{}}, nil, store.By{})
	wants(t, err, catalog.ErrNotFound)
	first, second := r.addIntegration("one", schema), r.addIntegration("two", other)
	same(t, get(r.Integration(ctx, ws, "u-one"))(t), first)
	same(t, get(r.IntegrationByID(ctx, ws, second.ID))(t), second)
	_, err = r.Integration(ctx, ws+1, "u-one")
	wants(t, err, catalog.ErrNotFound)
	list := func(f store.IntegrationFilter) []string {
		var names []string
		for _, i := range walk(t, 1, func(p store.Page) (store.Paged[store.Integration], error) { return r.Integrations(ctx, ws, f, p) }) {
			names = append(names, i.Name)
		}
		return names
	}
	same(t, list(store.IntegrationFilter{}), []string{"one", "two"})
	same(t, list(store.IntegrationFilter{Only: []catalog.SchemaID{other}}), []string{"two"})
	same(t, len(list(store.IntegrationFilter{Kind: "postgres"})), 0)

	r.clock.add(time.Minute)
	refusal := errors.New("refused")
	_, err = r.UpdateIntegration(ctx, ws, first.UUID, func(i *store.Integration) error { i.Name = "x"; return refusal }, nil, nil, store.By{})
	wants(t, err, refusal)
	must(t, r.ReplaceDataKey(ctx, ws, 0, "m", []byte("k")))
	seal := func(field string) store.SealedSecret {
		return store.SealedSecret{Field: field, Value: []byte(field), DataKey: 1}
	}
	changed := get(r.UpdateIntegration(ctx, ws, first.UUID, func(i *store.Integration) error {
		i.Name, i.Settings, i.Schema, i.NextAt = "n", []byte(`{"a":1}`), other, start.Add(time.Hour)
		return nil
	}, []store.SealedSecret{seal("a"), seal("b")}, nil, store.By{}))(t)
	same(t, changed, get(r.Integration(ctx, ws, first.UUID))(t))
	same(t, []any{changed.Name, string(changed.Settings), changed.UpdatedAt}, []any{"n", `{"a":1}`, start.Add(time.Minute)})
	get(r.UpdateIntegration(ctx, ws, first.UUID, func(*store.Integration) error { return nil }, []store.SealedSecret{seal("c")}, []string{"a"}, store.By{}))(t)
	for field, there := range map[string]bool{"a": false, "b": true, "c": true} {
		if _, _, err := r.Secret(ctx, ws, first.Label(), field); there != (err == nil) {
			t.Errorf("secret %s: %v", field, err)
		}
	}

	y := get(r.StartSync(ctx, ws, first.UUID, store.NewSync{UUID: "s", Reason: store.SyncRequest}))(t)
	none := func(store.Integration) error { return nil }
	wants(t, r.DeleteIntegration(ctx, ws, first.UUID, "keep", none, store.By{}), catalog.ErrConflict)
	must(t, r.CancelSync(ctx, ws, y.ID))
	must(t, r.AppendSyncLog(ctx, ws, y.ID, store.LogLine{Level: "info", Text: "x"}))
	wants(t, r.DeleteIntegration(ctx, ws, first.UUID, "keep", func(store.Integration) error { return refusal }, store.By{}), refusal)
	must(t, r.DeleteIntegration(ctx, ws, first.UUID, "keep", none, store.By{}))
	wants(t, r.DeleteIntegration(ctx, ws, first.UUID, "keep", none, store.By{}), catalog.ErrNotFound)
	_, _, err = r.Secret(ctx, ws, first.Label(), "b")
	wants(t, err, catalog.ErrNotFound)
	_, err = r.SyncByID(ctx, ws, y.ID)
	wants(t, err, catalog.ErrNotFound)
}

func testSyncs(t *testing.T, r *rig) {
	ctx := t.Context()
	i := r.addIntegration("one", r.schema("a"))
	begin := func(uuid string) store.Sync {
		return get(r.StartSync(ctx, ws, i.UUID, store.NewSync{UUID: uuid, Reason: store.SyncRequest, Actor: named("ana")}))(t)
	}
	first := begin("s1")
	same(t, first, store.Sync{WS: ws, ID: 1, UUID: "s1", Integration: i.ID, Status: store.SyncPending, Reason: store.SyncRequest, Actor: named("ana"), CreatedAt: start, UpdatedAt: start})
	same(t, begin("s2"), first) // the first has not begun
	workers := 0
	claim := func() *store.Job {
		workers++
		return get(r.ClaimJob(ctx, fmt.Sprint("worker ", workers), []string{store.KindSync}))(t)
	}
	job := claim()
	same(t, []any{job.Record, job.Kind}, []any{first.ID, store.KindSync})
	second := begin("s3")
	if second.ID == first.ID || claim() != nil {
		t.Error("two syncs of an integration at once")
	}
	_ = get(r.Heartbeat(ctx, job.Claim(), &catalog.Report{Stages: []catalog.Stage{{Name: "list", State: "running"}}}))(t)
	running := get(r.Sync(ctx, ws, i.ID, "s1"))(t)
	same(t, []any{running.Status, running.Attempts, running.StartedAt, running.Report.Stages[0].Name}, []any{store.SyncRunning, 1, start, "list"})
	must(t, r.ReleaseJob(ctx, job.Claim(), true, 0))
	same(t, get(r.SyncByID(ctx, ws, first.ID))(t).Status, store.SyncPending)
	job = claim()
	same(t, job.Record, first.ID)
	r.clock.add(time.Minute)
	must(t, r.EndJob(ctx, job.Claim(), store.JobEnd{Failure: &catalog.Failure{Code: "no-manifest", Message: "no"}}))
	ended := get(r.Sync(ctx, ws, i.ID, "s1"))(t)
	same(t, []any{ended.Status, ended.Failure.Code, ended.EndedAt}, []any{store.SyncFailed, "no-manifest", start.Add(time.Minute)})
	same(t, get(r.Integration(ctx, ws, i.UUID))(t).Failures, 1)
	job = claim()
	must(t, r.EndJob(ctx, job.Claim(), store.JobEnd{}))
	same(t, get(r.Sync(ctx, ws, i.ID, "s3"))(t).Status, store.SyncCompleted)
	same(t, get(r.Integration(ctx, ws, i.UUID))(t).Failures, 0)
	wants(t, r.CancelSync(ctx, ws, second.ID), catalog.ErrConflict)
	third := begin("s4")
	must(t, r.CancelSync(ctx, ws, third.ID))
	same(t, get(r.SyncByID(ctx, ws, third.ID))(t).Status, store.SyncCanceled)

	var ids []string
	for _, y := range walk(t, 2, func(p store.Page) (store.Paged[store.Sync], error) { return r.Syncs(ctx, ws, i.ID, p) }) {
		ids = append(ids, y.UUID)
	}
	same(t, ids, []string{"s4", "s3", "s1"})
	same(t, get(r.LastSyncs(ctx, ws, []int64{i.ID, 99}))(t), map[int64]store.Sync{i.ID: get(r.SyncByID(ctx, ws, third.ID))(t)})
	_, err := r.Sync(ctx, ws, i.ID+1, "s1")
	wants(t, err, catalog.ErrNotFound)

	for n := range 5 {
		must(t, r.AppendSyncLog(ctx, ws, first.ID, store.LogLine{Level: "info", Text: fmt.Sprint(n)}, store.LogLine{Level: "error", Text: "e"}))
	}
	var text strings.Builder
	for _, l := range walk(t, 3, func(p store.Page) (store.Paged[store.LogLine], error) { return r.SyncLog(ctx, ws, first.ID, p) }) {
		text.WriteString(l.Text)
	}
	same(t, text.String(), "0e1e2e3e4e")
	same(t, get(r.DeleteSyncs(ctx, ws, start.Add(time.Hour), 10))(t), int64(2))
	same(t, get(r.Syncs(ctx, ws, i.ID, store.Page{}))(t).Total, int64(1))
	same(t, get(r.SyncLog(ctx, ws, first.ID, store.Page{}))(t).Total, int64(0))
}

func testIntegrationParts(t *testing.T, r *rig) {
	ctx := t.Context()
	i := r.addIntegration("one", r.schema("a"))
	part := func(name, hash string) catalog.Part {
		return catalog.Part{Name: name, SHA256: strings.Repeat(hash, 64), Size: 7, Checksum: 3}
	}
	manifest, results := part("manifest", "a"), part("run_results", "b")
	touch := get(r.TouchBlobs(ctx, []catalog.Part{manifest, results}))(t)
	y := get(r.AddIntegrationParts(ctx, ws, i.UUID, []catalog.Part{manifest}, touch, &store.NewSync{UUID: "s1", Reason: store.SyncUpload}))(t)
	again := get(r.AddIntegrationParts(ctx, ws, i.UUID, []catalog.Part{results}, touch, &store.NewSync{UUID: "s2", Reason: store.SyncUpload}))(t)
	same(t, again, y)
	get(r.AddIntegrationParts(ctx, ws, i.UUID, []catalog.Part{manifest}, touch, nil))(t)
	_, err := r.AddIntegrationParts(ctx, ws, i.UUID, []catalog.Part{part("manifest", "c")}, touch, nil) // not touched
	wants(t, err, catalog.ErrUnavailable)
	parts := get(r.IntegrationParts(ctx, ws, i.ID))(t)
	same(t, []any{len(parts), parts[0].Part, parts[1].Name, parts[0].Taken, parts[0].ReceivedAt}, []any{3, manifest, "run_results", false, start})

	// What was uploaded is not deleted, however long no import takes it.
	r.clock.add(1000 * time.Hour)
	late := store.Loose{Dropped: r.clock.now(), Orphaned: r.clock.now()}
	same(t, len(get(r.UnreferencedBlobs(ctx, late, 10))(t)), 0)
	n := store.NewImport{SchemaID: i.Schema, Parts: []catalog.Part{manifest, results}, Touch: touch}
	imp := get(r.ImportParts(ctx, y, n, []int64{parts[1].ID}))(t)
	same(t, get(r.SyncImports(ctx, ws, y.ID))(t), []catalog.ImportID{imp.ID})
	same(t, len(imp.Parts), 2)
	left := func() []string {
		var out []string
		for _, p := range get(r.IntegrationParts(ctx, ws, i.ID))(t) {
			out = append(out, fmt.Sprint(p.ID-parts[0].ID, p.Taken))
		}
		return out
	}
	must(t, r.KeepManifest(ctx, y, parts[0].ID))
	same(t, left(), []string{"0 true", "2 false"})
	must(t, r.KeepManifest(ctx, y, parts[2].ID))
	same(t, left(), []string{"2 true"})
	must(t, r.DropManifest(ctx, y, parts[2].ID))
	same(t, len(left()), 0)
}

func testSeenObjects(t *testing.T, r *rig) {
	ctx := t.Context()
	i := r.addIntegration("one", r.schema("a"))
	a := store.SeenObject{Key: "a", ETag: "1", Imported: true, Project: "shop", GeneratedAt: start}
	b := store.SeenObject{Key: "b", ETag: "2"}
	must(t, r.SaveObjects(ctx, ws, i.ID, []store.SeenObject{a, b}, nil))
	same(t, get(r.SeenObjects(ctx, ws, i.ID))(t), map[string]store.SeenObject{"a": a, "b": b})
	b.ETag, b.Imported = "3", true
	must(t, r.SaveObjects(ctx, ws, i.ID, []store.SeenObject{b}, []string{"a", "none"}))
	same(t, get(r.SeenObjects(ctx, ws, i.ID))(t), map[string]store.SeenObject{"b": b})
	same(t, len(get(r.SeenObjects(ctx, ws, i.ID+1))(t)), 0)
}

func testDrafts(t *testing.T, r *rig) {
	ctx := t.Context()
	first := get(r.CreateDraft(ctx, ws, store.Draft{UUID: "u", ExternalID: "x"}))(t)
	same(t, first, store.Draft{UUID: "u", ExternalID: "x", CreatedAt: start})
	same(t, get(r.Draft(ctx, ws, "u"))(t), first)
	_, err := r.Draft(ctx, ws+1, "u")
	wants(t, err, catalog.ErrNotFound)
	r.clock.add(store.DraftTime + time.Second)
	_, err = r.Draft(ctx, ws, "u")
	wants(t, err, catalog.ErrNotFound)
}

// Of many processes that look at once, one starts the sync that is due.
func testDueIntegrations(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	i := r.addIntegration("one", schema)
	r.addIntegration("never", schema)
	plan := func(_ store.Integration, now time.Time) (time.Time, store.NewSync, error) {
		return now.Add(time.Hour), store.NewSync{UUID: now.String(), Reason: store.SyncSchedule}, nil
	}
	same(t, get(r.DueIntegration(ctx, plan))(t), false)
	now := get(r.Clock(ctx))(t)
	get(r.UpdateIntegration(ctx, ws, i.UUID, func(i *store.Integration) error {
		i.NextAt = now.Add(-time.Second).Truncate(time.Microsecond)
		return nil
	}, nil, nil, store.By{}))(t)
	started := make(chan bool)
	for range 8 {
		go func() {
			due, err := r.DueIntegration(ctx, plan)
			if err != nil {
				t.Error(err)
			}
			started <- due
		}()
	}
	n := 0
	for range 8 {
		if <-started {
			n++
		}
	}
	same(t, n, 1)
	same(t, get(r.Syncs(ctx, ws, i.ID, store.Page{}))(t).Total, int64(1))
	refusal := errors.New("refused")
	get(r.UpdateIntegration(ctx, ws, i.UUID, func(i *store.Integration) error {
		i.NextAt = now.Add(-time.Second).Truncate(time.Microsecond)
		return nil
	}, nil, nil, store.By{}))(t)
	_, err := r.DueIntegration(ctx, func(store.Integration, time.Time) (time.Time, store.NewSync, error) {
		return time.Time{}, store.NewSync{}, refusal
	})
	wants(t, err, refusal)
}
