package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Sync is one execution of an integration.
type Sync struct {
	IntegrationID string                           `json:"integration_id"`
	Status        string                           `json:"status" enum:"pending,running,completed,failed,canceled"`
	Reason        string                           `json:"reason" enum:"schedule,request,upload" doc:"Why it runs"`
	ActorRef      httpserver.Nullable[ActorRef]    `json:"actor_ref" doc:"Who asked for it"`
	Stages        []Stage                          `json:"stages" nullable:"false"`
	Counts        map[string]int64                 `json:"counts" doc:"What was listed, downloaded, created and updated"`
	Issues        int                              `json:"issues" doc:"Problems of the imports that it made"`
	LogLines      int64                            `json:"log_lines" doc:"How many lines its log has"`
	ImportIDs     []string                         `json:"import_ids" nullable:"false" doc:"The imports that it made"`
	Error         httpserver.Nullable[SyncFailure] `json:"error"`
	CreatedAt     string                           `json:"created_at" format:"date-time"`
	StartedAt     *string                          `json:"started_at" format:"date-time"`
	EndedAt       *string                          `json:"ended_at" format:"date-time"`
}

// SyncFailure is why a sync failed.
type SyncFailure struct {
	Code    string `json:"code"`
	Message string `json:"message" doc:"What happened and what to do"`
}

// LogLine is a line of a sync's log.
type LogLine struct {
	At    string `json:"at" format:"date-time"`
	Level string `json:"level" enum:"info,warning,error"`
	Text  string `json:"text"`
}

// SyncPath is the id of a sync of an integration in a path.
type SyncPath struct {
	IntegrationPath
	Sync string `path:"sync" maxLength:"64" example:"0b0e9c52-7b0c-4a0e-9a33-1f6a2f6a7a11"`
}

type listSyncsInput struct {
	IntegrationPath
	httpserver.PageParams
}

type syncEventsInput struct {
	SyncPath
	LastEventID string `header:"Last-Event-ID" maxLength:"64" doc:"id of the last event that the client has; the stream goes on behind it"`
}

type syncLogInput struct {
	SyncPath
	httpserver.PageParams
}

func (a *API) registerSyncs(s *httpserver.Server) {
	const all, one = "/api/v1/integrations/{id}/syncs", "/api/v1/integrations/{id}/syncs/{sync}"
	op := func(method, path string, scope access.Scope, id, summary, description string, status int) httpserver.Operation {
		return httpserver.Operation{Method: method, Path: path, Scope: scope, ID: id, Tag: "integrations", Summary: summary, Description: description, Status: status}
	}
	httpserver.Register(s, op(http.MethodPost, all, access.RunSyncs, "start-sync", "Start a sync", "A sync that has not begun is joined: it is returned.", http.StatusAccepted), a.startSync)
	httpserver.Register(s, op(http.MethodGet, all, access.ReadIntegrations, "list-syncs", "List syncs of an integration", "Newest first, with stages, counts and errors.", 0), a.listSyncs)
	get := op(http.MethodGet, one, access.ReadIntegrations, "get-sync", "Read a sync", "Its stages, counts and error. With `Accept: text/event-stream` the reply is the stream that the path with `/events` has.", 0)
	get.Events = true
	httpserver.Register(s, get, a.getSync)
	events := op(http.MethodGet, one+"/events", access.ReadIntegrations, "get-sync-events", "Follow a sync",
		"Server-sent events: `progress` with the sync as it is, whenever that changes, and `end` with its final state, after which the stream ends. Everything else is as for the events of an import.", 0)
	events.Streams, events.Media = true, []string{httpserver.EventMedia}
	httpserver.Register(s, events, a.getSyncEvents)
	httpserver.Register(s, op(http.MethodPost, one+"/cancel", access.RunSyncs, "cancel-sync", "Cancel a sync",
		"A pending sync ends at once, a running one soon; imports that it started continue. For one that has ended the reply is 409.", http.StatusAccepted), a.cancelSync)
	httpserver.Register(s, op(http.MethodPost, one+"/retry", access.RunSyncs, "retry-sync", "Run a sync again", "Starts a new sync of the integration.", http.StatusAccepted), a.retrySync)
	httpserver.Register(s, op(http.MethodGet, one+"/log", access.ReadIntegrations, "get-sync-log", "Read the log of a sync", "Oldest line first; never a secret.", 0), a.syncLog)
}

// sync returns a sync of an integration that the principal may see.
func (a *API) sync(ctx context.Context, p access.Principal, in SyncPath) (store.Integration, store.Sync, error) {
	i, err := a.integration(ctx, p, in.ID)
	if err != nil {
		return i, store.Sync{}, err
	}
	y, err := a.store.Sync(ctx, p.WS, i.ID, strings.ToLower(in.Sync))
	return i, y, httpserver.Missing(err, "sync", in.Sync)
}

func (a *API) startSync(ctx context.Context, p access.Principal, in *IntegrationPath) (*httpserver.Located[httpserver.Document[Sync]], error) {
	i, err := a.integration(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	return a.started(ctx, p, i)
}

func (a *API) started(ctx context.Context, p access.Principal, i store.Integration) (*httpserver.Located[httpserver.Document[Sync]], error) {
	y, err := a.integrations.Start(ctx, p.WS, i.UUID, store.SyncRequest, p.Actor())
	if err != nil {
		return nil, httpserver.Missing(err, "id", i.UUID)
	}
	return &httpserver.Located[httpserver.Document[Sync]]{
		Location: "/api/v1/integrations/" + i.UUID + "/syncs/" + y.UUID, Body: httpserver.DocumentOf(syncResource(i, y, []string{})),
	}, nil
}

func (a *API) retrySync(ctx context.Context, p access.Principal, in *SyncPath) (*httpserver.Located[httpserver.Document[Sync]], error) {
	i, _, err := a.sync(ctx, p, *in)
	if err != nil {
		return nil, err
	}
	return a.started(ctx, p, i)
}

func (a *API) listSyncs(ctx context.Context, p access.Principal, in *listSyncsInput) (*httpserver.Body[httpserver.List[Sync]], error) {
	i, err := a.integration(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := a.store.Syncs(ctx, p.WS, i.ID, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[Sync](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	for _, y := range rows.Rows {
		r, err := a.syncWithImports(ctx, i, y)
		if err != nil {
			return nil, err
		}
		out.Data = append(out.Data, r)
	}
	return httpserver.Reply(out), nil
}

func (a *API) syncWithImports(ctx context.Context, i store.Integration, y store.Sync) (httpserver.Resource[Sync], error) {
	ids, err := a.store.SyncImports(ctx, y.WS, y.ID)
	labels := make([]string, len(ids))
	for n, id := range ids {
		labels[n] = id.String()
	}
	return syncResource(i, y, labels), err
}

func (a *API) getSync(ctx context.Context, p access.Principal, in *SyncPath) (*httpserver.Body[httpserver.Document[Sync]], error) {
	i, y, err := a.sync(ctx, p, *in)
	if err != nil {
		return nil, err
	}
	r, err := a.syncWithImports(ctx, i, y)
	if err != nil {
		return nil, err
	}
	return httpserver.Reply(httpserver.DocumentOf(r)), nil
}

func (a *API) getSyncEvents(ctx context.Context, p access.Principal, in *syncEventsInput) (*eventsOutput, error) {
	return a.stream(ctx, p, in.Sync, in.LastEventID, func(ctx context.Context) (event, error) {
		i, y, err := a.sync(ctx, p, in.SyncPath)
		if err != nil {
			return event{}, err
		}
		r, err := a.syncWithImports(ctx, i, y)
		if err != nil {
			return event{}, err
		}
		return eventOf(httpserver.DocumentOf(r), !y.EndedAt.IsZero())
	})
}

func (a *API) cancelSync(ctx context.Context, p access.Principal, in *SyncPath) (*httpserver.Body[httpserver.Document[Sync]], error) {
	_, y, err := a.sync(ctx, p, *in)
	if err != nil {
		return nil, err
	}
	if err := a.store.CancelSync(ctx, p.WS, y.ID); err != nil {
		return nil, err
	}
	return a.getSync(ctx, p, in)
}

func (a *API) syncLog(ctx context.Context, p access.Principal, in *syncLogInput) (*httpserver.Body[httpserver.List[LogLine]], error) {
	_, y, err := a.sync(ctx, p, in.SyncPath)
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := a.store.SyncLog(ctx, p.WS, y.ID, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[LogLine](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	for _, l := range rows.Rows {
		out.Data = append(out.Data, httpserver.Resource[LogLine]{
			ID: strconv.FormatInt(l.Position, 10), Type: "log_line", Attributes: LogLine{At: timeOrEmpty(l.At), Level: l.Level, Text: l.Text},
		})
	}
	return httpserver.Reply(out), nil
}

func syncResource(i store.Integration, y store.Sync, imports []string) httpserver.Resource[Sync] {
	out := Sync{
		IntegrationID: i.UUID, Status: y.Status, Reason: y.Reason, ActorRef: actorRefOf(y.Actor), Stages: stagesOf(y.Report.Stages), Counts: y.Report.Counts,
		Issues: y.Report.IssuesTotal, LogLines: y.LogLines, ImportIDs: imports, CreatedAt: timeOrEmpty(y.CreatedAt), StartedAt: timeText(y.StartedAt), EndedAt: timeText(y.EndedAt),
	}
	if out.Counts == nil {
		out.Counts = map[string]int64{}
	}
	if y.Failure.Code != "" {
		out.Error = httpserver.Nullable[SyncFailure]{Value: &SyncFailure{Code: y.Failure.Code, Message: y.Failure.Message}}
	}
	return httpserver.Resource[Sync]{ID: y.UUID, Type: "sync", Attributes: out}
}
