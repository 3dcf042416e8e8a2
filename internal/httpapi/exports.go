package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/export"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/store"
)

const (
	exportsAtOnce = 2   // each reads and encodes as fast as its client takes it
	exportBatch   = 500 // assets that are read at a time, and between two cursors
	codeBatch     = 50  // the same with their code
)

type exportInput struct {
	AtParam
	SchemaID string `query:"schema_id" required:"true" maxLength:"64" example:"SCH-101"`
	Format   string `query:"format" enum:"jsonl,parquet" default:"jsonl"`
	Records  string `query:"records" maxLength:"128" doc:"Kinds of records, separated by commas: project, asset, column, test, edge, column_edge, row_edge; all by default"`
	Removed  bool   `query:"removed" doc:"With assets that are no longer present"`
	Code     bool   `query:"code" doc:"With raw and compiled code, as raw_code and compiled_code"`
	Limit    int    `query:"limit" minimum:"1" maximum:"10000000" doc:"Assets in this reply, if not all; the header Link and the end of the reply lead to the next ones"`
	Cursor   string `query:"cursor" maxLength:"4096" doc:"Continue where a cursor was written, at its version"`
}

func (a *API) registerExports(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/export", Scope: access.ReadCatalog, ID: "export-schema", Tag: "schemas", Streams: true,
		Media: []string{export.JSONLMedia, export.ParquetMedia}, Summary: "Export a schema",
		Description: "One version of a schema as records, streamed: JSON Lines, or one Parquet file in which all kinds of records share a table, told apart by `record`. Assets are in the order of their ids, each followed by its columns, tests and the edges that lead to it. Results of runs are the newest ones, or with at those that were known then.\n\n" +
			"In JSON Lines `{\"record\":\"cursor\",\"cursor\":\"…\"}` follows what is complete, and the last line is `{\"record\":\"end\",\"counts\":{…}}`. An export that breaks off is continued with `cursor`, of the same version whatever was imported meanwhile; what came after that cursor comes again. A Parquet file that breaks off is of no use: large ones are read in parts, by `limit` and the header Link.",
	}, a.exportSchema)
}

// exportOutput is streamed: huma calls Body with its context.
type exportOutput struct {
	Type        string `header:"Content-Type" hidden:"true"`
	Disposition string `header:"Content-Disposition" hidden:"true"`
	Link        string `header:"Link" doc:"With limit: the address of the next part"`
	Body        func(huma.Context)
}

// exporting is an export that is about to be written.
type exporting struct {
	view    *readmodel.View
	ids     []catalog.AssetID // of this reply
	last    bool              // nothing follows it
	first   bool              // it follows nothing
	wanted  export.Select
	parts   readmodel.ExportParts
	parquet bool
	head    export.Head
	cursor  func(after catalog.AssetID) string
}

func (a *API) exportSchema(ctx context.Context, p access.Principal, in *exportInput) (*exportOutput, error) {
	e, err := a.exporting(ctx, p, in)
	if err != nil {
		return nil, err
	}
	out := &exportOutput{Type: export.JSONLMedia, Disposition: fmt.Sprintf("attachment; filename=%q", e.fileName())}
	if e.parquet {
		out.Type = export.ParquetMedia
	}
	if !e.last {
		out.Link = fmt.Sprintf("<%s>; rel=\"next\"", *a.cursors.Next(httpserver.URL(ctx), p.WS, e.position(e.ids[len(e.ids)-1])))
	}
	select {
	case a.exports <- struct{}{}:
	default:
		return nil, fmt.Errorf("%d exports at a time: %w", exportsAtOnce, catalog.ErrOverloaded)
	}
	out.Body = func(hc huma.Context) {
		defer func() { <-a.exports }()
		if hc.Method() == http.MethodHead {
			hc.SetStatus(http.StatusOK)
			return
		}
		stream := httpserver.NewStream(hc, !e.parquet)
		err := e.write(ctx, stream)
		if closed := stream.Close(); err == nil {
			err = closed
		}
		if err != nil {
			// Only aborting shows that the export is incomplete.
			if !stream.Left() && ctx.Err() == nil {
				httpserver.NoteFailure(ctx, fmt.Errorf("export of %s: %w", e.view.Schema.ID, err))
			}
			panic(http.ErrAbortHandler) //nolint:forbidigo // aborts the reply
		}
	}
	return out, nil
}

func (e *exporting) fileName() string {
	ending := ".jsonl"
	if e.parquet {
		ending = ".parquet"
	}
	return fmt.Sprintf("%s-%d%s", e.view.Schema.ID, e.view.Version, ending)
}

// exporting reads the parameters and what the reply will have.
func (a *API) exporting(ctx context.Context, p access.Principal, in *exportInput) (*exporting, error) {
	wanted, err := exportedRecords(in.Records)
	if err != nil {
		return nil, err
	}
	view, err := a.view(ctx, p, in.SchemaID, in.At)
	if err != nil {
		return nil, err
	}
	filter := httpserver.Filter(httpserver.URL(ctx))
	after := catalog.AssetID(0)
	if in.Cursor != "" {
		position, err := a.cursors.Position(p.WS, filter, in.Cursor)
		if err != nil {
			return nil, err
		}
		if view, after, err = continued(ctx, view, position); err != nil {
			return nil, err
		}
	}
	ids, err := view.AssetIDs(ctx)
	if err != nil {
		return nil, err
	}
	from, _ := slices.BinarySearch(ids, after+1)
	e := &exporting{
		view: view, ids: ids[from:], last: true, first: in.Cursor == "", wanted: wanted, parts: wanted.Parts(), parquet: in.Format == "parquet",
		head: export.Head{SchemaID: view.Schema.ID.String(), Schema: view.Schema.Name, Version: view.Version},
	}
	e.cursor = func(after catalog.AssetID) string { return a.cursors.Sign(p.WS, filter, e.position(after)) }
	e.parts.Code, e.parts.Removed = in.Code, in.Removed
	if in.Limit > 0 && in.Limit < len(e.ids) {
		e.ids, e.last = e.ids[:in.Limit], false
		e.head.Next = e.cursor(e.ids[in.Limit-1])
	}
	return e, nil
}

func exportedRecords(param string) (export.Select, error) {
	kinds := splitCommas(param)
	if len(kinds) == 0 {
		return nil, nil //nolint:nilnil // all of them
	}
	wanted := export.Select{}
	for _, kind := range kinds {
		if err := httpserver.OneOf("records", kind, export.Kinds()); err != nil {
			return nil, err
		}
		wanted[kind] = true
	}
	return wanted, nil
}

// position is where an export continues: a version and the last asset that is complete.
func (e *exporting) position(after catalog.AssetID) string {
	return strconv.FormatInt(e.view.Version, 10) + "/" + strconv.FormatInt(int64(after), 10)
}

// continued returns the view and the asset of a position.
func continued(ctx context.Context, view *readmodel.View, position string) (*readmodel.View, catalog.AssetID, error) {
	version, after, _ := strings.Cut(position, "/")
	n, err := strconv.ParseInt(version, 10, 64)
	if err != nil {
		return nil, 0, httpserver.InvalidCursor()
	}
	id, err := strconv.ParseInt(after, 10, 64)
	if err != nil {
		return nil, 0, httpserver.InvalidCursor()
	}
	view, err = view.AtVersion(ctx, n)
	return view, catalog.AssetID(id), err
}

// write writes the export, batch by batch.
func (e *exporting) write(ctx context.Context, stream *httpserver.Stream) error {
	out, err := e.writer(stream)
	if err != nil {
		return err
	}
	if e.first && e.wanted.Has(export.Project) {
		if err := e.writeProjects(ctx, out); err != nil {
			return err
		}
	}
	size := exportBatch
	if e.parts.Code {
		size = codeBatch
	}
	for ids := range slices.Chunk(e.ids, size) {
		batch, err := e.view.Export(ctx, ids, e.parts)
		if err != nil {
			return err
		}
		if err := out.Write(e.wanted.Records(&batch)); err != nil {
			return err
		}
		if err := out.Mark(e.cursor(ids[len(ids)-1])); err != nil {
			return err
		}
		if err := stream.Flush(); err != nil {
			return err
		}
	}
	if e.last && e.parts.Tests {
		tests, err := e.view.UnattachedTests(ctx)
		if err != nil {
			return err
		}
		if err := out.Write(export.TestRecords(tests)); err != nil {
			return err
		}
	}
	return out.Close()
}

func (e *exporting) writer(stream *httpserver.Stream) (export.Writer, error) {
	if e.parquet {
		return export.NewParquet(stream, e.head), nil
	}
	return export.NewJSONL(stream, e.head)
}

func (e *exporting) writeProjects(ctx context.Context, out export.Writer) error {
	for page := (store.Page{Limit: store.MaxLimit}); ; {
		projects, err := e.view.Projects(ctx, page)
		if err != nil {
			return err
		}
		records := make([]export.Record, len(projects.Rows))
		for i, p := range projects.Rows {
			records[i] = export.ProjectRecord(p)
		}
		if err := out.Write(records); err != nil {
			return err
		}
		if page.After = projects.Next; page.After == "" {
			return nil
		}
	}
}
