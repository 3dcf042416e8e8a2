package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Reader is what a Finder reads; *store.Store implements it.
type Reader interface {
	Webhooks(ctx context.Context, ws int64, p store.Page) (store.Paged[store.Webhook], error)
	AddDeliveries(ctx context.Context, ws int64, all []store.Delivery) error

	Schema(ctx context.Context, ws int64, id catalog.SchemaID) (catalog.Schema, error)
	Project(ctx context.Context, ws int64, id catalog.ProjectID) (catalog.Project, error)
	Import(ctx context.Context, ws int64, id catalog.ImportID) (catalog.Import, error)
	SyncByID(ctx context.Context, ws, id int64) (store.Sync, error)
	IntegrationByID(ctx context.Context, ws, id int64) (store.Integration, error)
	Version(ctx context.Context, ws int64, schema catalog.SchemaID, n int64) (catalog.Version, error)
	ChangedAssets(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64, p store.Page) (store.Paged[store.ChangedAsset], error)
	Runs(ctx context.Context, ws int64, f store.RunFilter, p store.Page) (store.Paged[catalog.Run], error)
	RunResults(ctx context.Context, ws int64, run catalog.RunID, status string, p store.Page) (store.Paged[catalog.NodeResult], error)
	RunFreshness(ctx context.Context, ws int64, run catalog.RunID, p store.Page) (store.Paged[catalog.Freshness], error)
	NodeAssets(ctx context.Context, ws int64, schema catalog.SchemaID, origin catalog.Origin, uniqueIDs []string) (map[string]store.AssetRef, error)
	TestAssets(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID, uniqueIDs []string) (map[string]store.AssetRef, error)
}

// Finder finds the events of imports, syncs and versions and adds their deliveries.
type Finder struct {
	Store Reader
	Now   func() time.Time
}

// Kind returns the kind of the jobs that find events.
func (f *Finder) Kind() jobs.Kind {
	return jobs.Kind{Name: store.KindEvents, Ordered: true, Slots: 1, Run: f.run, Label: func(j store.Job) slog.Attr {
		return slog.String("occurrence", string(j.Arguments))
	}}
}

func (f *Finder) run(ctx context.Context, a *jobs.Attempt) error {
	var o store.Occurrence
	if err := json.Unmarshal(a.Job.Arguments, &o); err != nil {
		return jobs.Fail(catalog.Failure{Code: "bad-arguments", Message: "bad-arguments: " + err.Error()})
	}
	hooks, err := f.webhooks(ctx, a.Job.WS, a.Job.Schema)
	if err != nil || len(hooks) == 0 {
		return err
	}
	c := &collection{Finder: f, ws: a.Job.WS, schema: a.Job.Schema, hooks: hooks}
	err = c.collect(ctx, o)
	if errors.Is(err, catalog.ErrNotFound) { // the schema was deleted, or retention deleted what happened
		err = nil
	}
	if err != nil {
		return err
	}
	return f.Store.AddDeliveries(ctx, a.Job.WS, c.deliveries)
}

// webhooks returns those that may want events of a schema.
func (f *Finder) webhooks(ctx context.Context, ws int64, schema catalog.SchemaID) ([]store.Webhook, error) {
	var out []store.Webhook
	for page := (store.Page{Limit: store.MaxLimit}); ; {
		some, err := f.Store.Webhooks(ctx, ws, page)
		if err != nil {
			return nil, err
		}
		for _, h := range some.Rows {
			for _, event := range h.Events {
				if h.Wants(event, schema) {
					out = append(out, h)
					break
				}
			}
		}
		if page.After = some.Next; page.After == "" {
			return out, nil
		}
	}
}

// collection collects the deliveries of one occurrence.
type collection struct {
	*Finder
	ws         int64
	schema     catalog.SchemaID
	hooks      []store.Webhook
	deliveries []store.Delivery
	data       Data // that all events of the occurrence have
}

func (c *collection) collect(ctx context.Context, o store.Occurrence) error {
	schema, err := c.Store.Schema(ctx, c.ws, c.schema)
	if err != nil {
		return err
	}
	c.data.Schema = Ref{schema.ID.String(), short(schema.Name)}
	if o.Sync != 0 {
		return c.sync(ctx, o.Sync)
	}
	if o.Import == 0 {
		return c.version(ctx, o.Version)
	}
	imp, err := c.Store.Import(ctx, c.ws, o.Import)
	if err != nil {
		return err
	}
	c.data.Import = imp.ID.String()
	if imp.Project != 0 {
		project, err := c.Store.Project(ctx, c.ws, imp.Project)
		if err != nil {
			return err
		}
		c.data.Project = &Ref{project.ID.String(), short(project.Name)}
	}
	if imp.Status == catalog.Failed {
		return c.failed(imp)
	}
	if imp.Version != 0 {
		if err := c.version(ctx, imp.Version); err != nil {
			return err
		}
	}
	return c.runs(ctx, imp)
}

// wanted reports whether some webhook wants an event.
func (c *collection) wanted(event string) bool {
	for _, h := range c.hooks {
		if h.Wants(event, c.schema) {
			return true
		}
	}
	return false
}

// add adds the deliveries of an event; subject is the id of what happened, such as RUN-3.
func (c *collection) add(event, subject string, data Data) error {
	e := Event{Type: event, At: c.Now().UTC(), Data: data}
	for _, h := range c.hooks {
		if !h.Wants(event, c.schema) {
			continue
		}
		body, err := e.body(h.Format)
		if err != nil {
			return err
		}
		c.deliveries = append(c.deliveries, store.Delivery{
			Webhook: h.ID, Event: event, Key: fmt.Sprintf("%s %s %s", event, c.schema, subject), Schema: c.schema, Payload: body,
		})
	}
	return nil
}

func (c *collection) failed(imp catalog.Import) error {
	if imp.ErrorCode == catalog.CodeCanceled {
		return nil // on request
	}
	data := c.data
	data.Error = &Failure{imp.ErrorCode, short(imp.Error)}
	return c.add(EventImportFailed, imp.ID.String(), data)
}

// sync adds a sync that failed.
func (c *collection) sync(ctx context.Context, id int64) error {
	y, err := c.Store.SyncByID(ctx, c.ws, id)
	if err != nil {
		return err
	}
	i, err := c.Store.IntegrationByID(ctx, c.ws, y.Integration)
	if err != nil {
		return err
	}
	data := c.data
	data.Integration, data.Sync, data.Error = &Ref{i.UUID, short(i.Name)}, y.UUID, &Failure{y.Failure.Code, short(y.Failure.Message)}
	return c.add(EventSyncFailed, y.UUID, data)
}

// version adds what a version changed.
func (c *collection) version(ctx context.Context, number int64) error {
	if !c.wanted(EventSchemaChanged) && !c.wanted(EventTableRemoved) {
		return nil
	}
	v, err := c.Store.Version(ctx, c.ws, c.schema, number)
	if err != nil {
		return err
	}
	data := c.data
	data.Version, data.Cause = number, &Cause{Kind: string(v.Cause.Kind), ID: v.Cause.Label(), Actor: short(v.Actor.Name)}
	changed, removed := data, data
	for page := (store.Page{Limit: 200}); ; {
		some, err := c.Store.ChangedAssets(ctx, c.ws, c.schema, number-1, number, page)
		if err != nil {
			return err
		}
		for i := range some.Rows {
			t, ok := tableOf(&some.Rows[i])
			switch {
			case !ok:
			case t.Change == "removed":
				removed.addTable(t)
			default:
				changed.addTable(t)
			}
		}
		if page.After = some.Next; page.After == "" {
			break
		}
	}
	if changed.Total > 0 {
		if err := c.add(EventSchemaChanged, fmt.Sprint(number), changed); err != nil {
			return err
		}
	}
	if removed.Total > 0 {
		return c.add(EventTableRemoved, fmt.Sprint(number), removed)
	}
	return nil
}

func (d *Data) addTable(t Table) {
	if d.Total++; len(d.Tables) < mostItems {
		d.Tables = append(d.Tables, t)
	}
}

// runs adds what the runs of an import found.
func (c *collection) runs(ctx context.Context, imp catalog.Import) error {
	for page := (store.Page{Limit: 100}); ; {
		some, err := c.Store.Runs(ctx, c.ws, store.RunFilter{SchemaID: c.schema, Import: imp.ID}, page)
		if err != nil {
			return err
		}
		for _, run := range some.Rows {
			if run.Artifact == catalog.ArtifactSources {
				err = c.freshness(ctx, run)
			} else if run.Counting() == catalog.CountsAsLatest {
				err = c.results(ctx, run)
			}
			if err != nil {
				return err
			}
		}
		if page.After = some.Next; page.After == "" {
			return nil
		}
	}
}

// results adds the failed tests and models of a run.
func (c *collection) results(ctx context.Context, run catalog.Run) error {
	if !c.wanted(EventTestFailed) && !c.wanted(EventRunFailed) {
		return nil
	}
	data := c.data
	data.Run = run.ID.String()
	tests, models := data, data
	for page := (store.Page{Limit: store.MaxLimit}); ; {
		some, err := c.Store.RunResults(ctx, c.ws, run.ID, "", page)
		if err != nil {
			return err
		}
		for _, r := range some.Rows {
			switch {
			case r.Class != "fail" && r.Class != "error":
			case isTest(r.UniqueID):
				tests.addNode(r)
			default:
				models.addNode(r)
			}
		}
		if page.After = some.Next; page.After == "" {
			break
		}
	}
	assets, err := c.Store.TestAssets(ctx, c.ws, c.schema, run.Project, tests.nodes())
	if err != nil {
		return err
	}
	if tests.nameAssets(assets); tests.Total > 0 {
		if err := c.add(EventTestFailed, run.ID.String(), tests); err != nil {
			return err
		}
	}
	if assets, err = c.nodeAssets(ctx, run.Project, models.nodes()); err != nil {
		return err
	}
	if models.nameAssets(assets); models.Total > 0 {
		return c.add(EventRunFailed, run.ID.String(), models)
	}
	return nil
}

func isTest(uniqueID string) bool {
	return strings.HasPrefix(uniqueID, "test.") || strings.HasPrefix(uniqueID, "unit_test.")
}

func (d *Data) addNode(r catalog.NodeResult) {
	if d.Total++; len(d.Nodes) < mostItems {
		d.Nodes = append(d.Nodes, Node{UniqueID: short(r.UniqueID), Status: short(r.Status), Failures: r.Failures, Message: short(r.Message)})
	}
}

func (d *Data) nodes() []string {
	ids := make([]string, len(d.Nodes))
	for i, n := range d.Nodes {
		ids[i] = n.UniqueID
	}
	return ids
}

func (d *Data) nameAssets(assets map[string]store.AssetRef) {
	for i := range d.Nodes {
		d.Nodes[i].Asset = refOf(assets, d.Nodes[i].UniqueID)
	}
}

func refOf(assets map[string]store.AssetRef, uniqueID string) *Ref {
	a, ok := assets[uniqueID]
	if !ok {
		return nil
	}
	return &Ref{a.ID.Label(a.Kind), short(a.Name)}
}

func (c *collection) nodeAssets(ctx context.Context, id catalog.ProjectID, uniqueIDs []string) (map[string]store.AssetRef, error) {
	if id == 0 || len(uniqueIDs) == 0 {
		return map[string]store.AssetRef{}, nil
	}
	project, err := c.Store.Project(ctx, c.ws, id)
	if err != nil {
		return nil, err
	}
	return c.Store.NodeAssets(ctx, c.ws, c.schema, project.Origin(), uniqueIDs)
}

// freshness adds the stale sources of a run of `dbt source freshness`.
func (c *collection) freshness(ctx context.Context, run catalog.Run) error {
	if !c.wanted(EventSourceStale) {
		return nil
	}
	data := c.data
	data.Run = run.ID.String()
	for page := (store.Page{Limit: store.MaxLimit}); ; {
		some, err := c.Store.RunFreshness(ctx, c.ws, run.ID, page)
		if err != nil {
			return err
		}
		for i := range some.Rows {
			data.addSource(&some.Rows[i])
		}
		if page.After = some.Next; page.After == "" {
			break
		}
	}
	if data.Total == 0 {
		return nil
	}
	ids := make([]string, len(data.Sources))
	for i, s := range data.Sources {
		ids[i] = s.UniqueID
	}
	assets, err := c.nodeAssets(ctx, run.Project, ids)
	if err != nil {
		return err
	}
	for i := range data.Sources {
		data.Sources[i].Asset = refOf(assets, data.Sources[i].UniqueID)
	}
	return c.add(EventSourceStale, run.ID.String(), data)
}

func (d *Data) addSource(f *catalog.Freshness) {
	if f.Status == "pass" {
		return
	}
	if d.Total++; len(d.Sources) < mostItems {
		s := Source{UniqueID: short(f.UniqueID), Status: short(f.Status), Message: short(f.Message)}
		if !f.MaxLoadedAt.IsZero() {
			at := f.MaxLoadedAt.UTC()
			s.MaxLoadedAt = &at
		}
		d.Sources = append(d.Sources, s)
	}
}
