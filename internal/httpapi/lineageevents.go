package httpapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/openlineage"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/store"
)

// LineageReceiver takes the events of other programs; *openlineage.Receiver does.
type LineageReceiver interface {
	// Receive keeps an event; catalog.ErrInvalid for one that is not of the standard.
	Receive(ctx context.Context, ws int64, schema catalog.SchemaID, body []byte) (openlineage.Receipt, error)
}

// LineageReceipt is the reply to an event.
type LineageReceipt struct {
	Data LineageReceiptData `json:"data"`
}

// LineageReceiptData is what became of an event.
type LineageReceiptData struct {
	SchemaID   string              `json:"schema_id"`
	Ignored    *string             `json:"ignored" doc:"Why nothing is kept of the event; null if it is"`
	Unresolved []UnresolvedDataset `json:"unresolved" nullable:"false" doc:"Datasets that cannot be tables of the schema"`
}

// UnresolvedDataset is a dataset that is not a table.
type UnresolvedDataset struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Reason    string `json:"reason"`
}

// LineageJob is a job outside dbt.
type LineageJob struct {
	Namespace   string           `json:"namespace"`
	Name        string           `json:"name"`
	Integration *string          `json:"integration" doc:"Such as AIRFLOW or SPARK"`
	Type        *string          `json:"type" doc:"Such as DAG or TASK"`
	Producer    *string          `json:"producer"`
	Runs        []LineageJobRun  `json:"runs" nullable:"false" doc:"The newest ones, at most 5"`
	Inputs      []LineageDataset `json:"inputs" nullable:"false" doc:"Of the newest run that has outputs and did not fail; at most 50"`
	Outputs     []LineageDataset `json:"outputs" nullable:"false" doc:"At most 50"`
	InputCount  int              `json:"input_count"`
	OutputCount int              `json:"output_count"`
	CreatedAt   string           `json:"created_at" format:"date-time"`
	UpdatedAt   string           `json:"updated_at" format:"date-time"`
}

const shownDatasets = 50 // of a job

// LineageJobRun is a run of a job.
type LineageJobRun struct {
	ID        string  `json:"id"`
	State     *string `json:"state" doc:"START, RUNNING, COMPLETE, ABORT, FAIL or OTHER"`
	StartedAt string  `json:"started_at" format:"date-time" doc:"Time of its first event"`
	EndedAt   string  `json:"ended_at" format:"date-time" doc:"Time of its last event"`
}

// LineageDataset is a dataset of a job.
type LineageDataset struct {
	Namespace string  `json:"namespace"`
	Name      string  `json:"name"`
	Asset     *string `json:"asset" doc:"The table it refers to; null if none yet"`
	Reason    *string `json:"reason" doc:"Why it cannot be a table of the schema"`
}

func (a *API) registerLineageEvents(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodPost, Path: "/api/v1/lineage", Scope: access.WriteLineage, ID: "create-lineage-event", Tag: "lineage", Status: http.StatusCreated,
		Summary:     "Send an OpenLineage event",
		Description: "An event of a run or job, as the clients of OpenLineage send it. What its job reads and writes becomes tables, edges and column edges, a few seconds later and together with what other events change. Events may come in any order and more than once. Without schema_id it is for the only schema that the key sees.",
		Example:     `{"eventType":"COMPLETE","eventTime":"2026-11-10T06:00:00Z","producer":"https://example.com/loader","run":{"runId":"0198a6a0-0000-7000-8000-000000000001"},"job":{"namespace":"airflow","name":"load_orders"},"inputs":[{"namespace":"postgres://crm:5432","name":"crm.public.orders"}],"outputs":[{"namespace":"duckdb://shop","name":"shop.raw.crm_orders"}]}`,
	}, a.createLineageEvent)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/lineage/jobs", Scope: access.ReadCatalog, ID: "list-lineage-jobs", Bulky: true, Tag: "lineage",
		Summary:     "List the jobs outside dbt that sent events",
		Description: "With their newest runs, the tables that they read and write, and what is not a table.",
	}, a.listLineageJobs)
}

type lineageEventInput struct {
	SchemaID string         `query:"schema_id" maxLength:"64" doc:"The only schema that the key sees, unless given" example:"SCH-101"`
	Body     map[string]any // an object; what it has is read from RawBody
	RawBody  []byte
}

func (a *API) createLineageEvent(ctx context.Context, p access.Principal, in *lineageEventInput) (*httpserver.Body[LineageReceipt], error) {
	schema, err := a.schemaOfEvents(ctx, p, in.SchemaID)
	if err != nil {
		return nil, err
	}
	receipt, err := a.events.Receive(ctx, p.WS, schema, in.RawBody)
	if errors.Is(err, catalog.ErrInvalid) {
		return nil, httpserver.NewProblem(httpserver.CodeInvalidParameter, "%.500v", err).About("body", "not an OpenLineage event")
	}
	if err != nil {
		return nil, err
	}
	out := LineageReceiptData{SchemaID: schema.String(), Ignored: optional(receipt.Ignored), Unresolved: []UnresolvedDataset{}}
	for _, u := range receipt.Unresolved {
		out.Unresolved = append(out.Unresolved, UnresolvedDataset{u.Namespace, u.Name, u.Reason})
	}
	return httpserver.Reply(LineageReceipt{out}), nil
}

// schemaOfEvents returns the schema that events are for: the one that is named, or else the only one.
func (a *API) schemaOfEvents(ctx context.Context, p access.Principal, id string) (catalog.SchemaID, error) {
	if id == "" && len(p.Schemas) == 1 {
		id = p.Schemas[0].String()
	}
	if id != "" {
		view, err := a.schema(ctx, p, "schema_id", id)
		if err != nil {
			return 0, err
		}
		return view.Schema.ID, nil
	}
	all, err := a.model.Workspace(p).Schemas(ctx, store.Page{Limit: 2})
	if err != nil {
		return 0, err
	}
	if len(all.Rows) != 1 {
		return 0, httpserver.NewProblem(httpserver.CodeUnknownSchema,
			"schema_id is required: this key sees %d schemas. Send to /api/v1/lineage?schema_id=SCH-101, or use a key that is limited to one schema.", all.Total).About("schema_id", "required")
	}
	return all.Rows[0].ID, nil
}

type lineageJobsInput struct {
	httpserver.PageParams
	SchemaID string `query:"schema_id" required:"true" maxLength:"64" example:"SCH-101"`
}

func (a *API) listLineageJobs(ctx context.Context, p access.Principal, in *lineageJobsInput) (*httpserver.Body[httpserver.List[LineageJob]], error) {
	view, err := a.view(ctx, p, in.SchemaID, "")
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := view.LineageJobs(ctx, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[LineageJob](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	out.Meta.Version = view.Version
	for i := range rows.Rows {
		row := &rows.Rows[i]
		state, err := openlineage.ParseJobState(row.State)
		if err != nil {
			return nil, err
		}
		job := LineageJob{
			Namespace: row.Namespace, Name: row.Name, Integration: optional(state.Integration), Type: optional(state.Type), Producer: optional(state.Producer),
			Runs: []LineageJobRun{}, CreatedAt: timeOrEmpty(row.CreatedAt), UpdatedAt: timeOrEmpty(row.UpdatedAt),
		}
		for _, r := range state.Runs {
			job.Runs = append(job.Runs, LineageJobRun{ID: r.ID, State: optional(r.State), StartedAt: timeOrEmpty(r.First), EndedAt: timeOrEmpty(r.Last)})
		}
		inputs, outputs := state.Datasets()
		job.InputCount, job.OutputCount = len(inputs), len(outputs)
		if job.Inputs, err = datasetsIn(ctx, view, inputs); err != nil {
			return nil, err
		}
		if job.Outputs, err = datasetsIn(ctx, view, outputs); err != nil {
			return nil, err
		}
		out.Data = append(out.Data, httpserver.Resource[LineageJob]{ID: row.Label(), Type: "lineage_job", Attributes: job})
	}
	return httpserver.Reply(out), nil
}

// datasetsIn returns datasets with the tables of a view that they are.
func datasetsIn(ctx context.Context, view *readmodel.View, list []openlineage.DataState) ([]LineageDataset, error) {
	out := []LineageDataset{}
	for i := range min(len(list), shownDatasets) {
		d := LineageDataset{Namespace: list[i].Namespace, Name: list[i].Name}
		relation, reason := list[i].Resolve()
		if reason != "" {
			d.Reason = optional(reason)
		} else {
			asset, err := view.AssetByKey(ctx, relation.Key())
			if err != nil && !errors.Is(err, catalog.ErrNotFound) {
				return nil, err
			}
			if err == nil {
				d.Asset = optional(asset.ID.Label(asset.Kind))
			}
		}
		out = append(out, d)
	}
	return out, nil
}
