package httpapi

import (
	"context"
	"fmt"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Version is a version of a schema.
type Version struct {
	Version  int64                               `json:"version"`
	At       string                              `json:"at" format:"date-time" doc:"When it became the served one"`
	Cause    httpserver.Nullable[Cause]          `json:"cause"`
	ActorRef httpserver.Nullable[ActorRef]       `json:"actor_ref" doc:"Who made it: for an import, who sent it"`
	Import   *string                             `json:"import" doc:"The import that made it; null unless the cause is an import"`
	Changed  VersionCounts                       `json:"changed"`
	Counters httpserver.Nullable[ImportCounters] `json:"counters" doc:"What the import counted; null unless the cause is an import"`
}

// VersionCounts are how much a version changed.
type VersionCounts struct {
	Assets        *int64 `json:"assets" doc:"Assets that differ from the previous version, or whose column lineage does; all of these are null for versions made before an upgrade"`
	Columns       *int64 `json:"columns" doc:"Tables whose columns it wrote"`
	Lineage       *int64 `json:"lineage" doc:"Assets whose parents it wrote"`
	ColumnLineage *int64 `json:"column_lineage" doc:"Tables whose column lineage it wrote"`
	Tests         *int64 `json:"tests" doc:"Data tests that it wrote or ended"`
}

// ImportCounters are the counters of an import.
type ImportCounters struct {
	TablesCreated   int64 `json:"tables_created"`
	TablesUpdated   int64 `json:"tables_updated"`
	ColumnsCreated  int64 `json:"columns_created"`
	ColumnsUpdated  int64 `json:"columns_updated"`
	LineagesCreated int64 `json:"lineages_created"`
	LineagesUpdated int64 `json:"lineages_updated"`
}

func (a *API) registerVersions(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/schemas/{id}/versions", Scope: access.ReadCatalog, ID: "list-versions", Tag: "schemas",
		Summary:     "List the versions of a schema, newest first",
		Description: "Those that can be read with at=; older ones are deleted after a time. Each has who and what made it, and how much it changed. With at from that version on.",
	}, a.listVersions)
}

type versionsInput struct {
	SchemaPath
	AtParam
	httpserver.PageParams
}

func (a *API) listVersions(ctx context.Context, p access.Principal, in *versionsInput) (*httpserver.Body[httpserver.List[Version]], error) {
	view, err := a.schema(ctx, p, "id", in.ID)
	if err != nil {
		return nil, err
	}
	if view, err = viewAt(ctx, view, "at", in.At); err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := view.Versions(ctx, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[Version](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	out.Meta.Version = view.Version
	for i := range rows.Rows {
		out.Data = append(out.Data, versionResource(&rows.Rows[i]))
	}
	return httpserver.Reply(out), nil
}

func versionResource(v *store.VersionRow) httpserver.Resource[Version] {
	out := Version{
		Version: v.Number, At: timeOrEmpty(v.At), Cause: causeOf(v.Cause), ActorRef: actorRefOf(v.Actor), Import: importLabel(v.Cause.Import()),
	}
	if d := v.Wrote; d != nil {
		out.Changed.Assets = &d.Changes
		out.Changed.Columns, out.Changed.Lineage = countOf(d.Columns), countOf(d.EdgesInto)
		out.Changed.ColumnLineage, out.Changed.Tests = countOf(d.ColumnEdges), countOf(d.Tests)
	}
	if v.Cause.Kind == catalog.CauseImport {
		c := ImportCounters(v.Counters)
		out.Counters = httpserver.NullableOf(&c)
	}
	return httpserver.Resource[Version]{ID: fmt.Sprintf("%s@%d", v.SchemaID, v.Number), Type: "version", Attributes: out}
}

func countOf[T any](of []T) *int64 {
	n := int64(len(of))
	return &n
}
