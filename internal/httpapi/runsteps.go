package httpapi

import (
	"context"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// RunSteps are what a run did, in order.
type RunSteps struct {
	Elapsed float64   `json:"elapsed" doc:"Seconds of the whole run"`
	Steps   []RunStep `json:"steps" nullable:"false"`
}

// RunStep is a hook of a run, or all of its nodes.
type RunStep struct {
	Step      string    `json:"step" enum:"on-run-start,nodes,on-run-end,operation" doc:"nodes: all models, tests and so on between the hooks; operation: one of another name, such as that of dbt run-operation"`
	UniqueID  *string   `json:"unique_id" doc:"Of the operation; null for nodes"`
	Asset     *string   `json:"asset" doc:"The operation in the catalog; null for nodes, and if the served version has none"`
	Status    *string   `json:"status" doc:"Of the operation, as dbt reports it; null for nodes"`
	Message   *string   `json:"message"`
	Results   int       `json:"results"`
	Counts    RunCounts `json:"counts"`
	StartedAt *string   `json:"started_at" format:"date-time" doc:"Of nodes when the first one started"`
	EndedAt   *string   `json:"completed_at" format:"date-time" doc:"Of nodes when the last one completed"`
	Seconds   *float64  `json:"seconds" doc:"From started_at to completed_at; null of what did not run"`
	Offset    *float64  `json:"offset" doc:"Seconds from the beginning of the run to started_at"`
}

func (a *API) getRunSteps(ctx context.Context, p access.Principal, in *RunPath) (*httpserver.Body[httpserver.Document[RunSteps]], error) {
	view, run, err := a.runOf(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	steps, err := view.RunSteps(ctx, run)
	if err != nil {
		return nil, err
	}
	out := RunSteps{Elapsed: run.Elapsed, Steps: []RunStep{}}
	for _, step := range steps {
		out.Steps = append(out.Steps, runStep(step, run))
	}
	return httpserver.Reply(httpserver.DocumentOf(httpserver.Resource[RunSteps]{
		ID: run.ID.String(), Type: "run_steps", Attributes: out,
		Relationships: &httpserver.Relationships{Schema: &httpserver.Named{ID: run.SchemaID.String(), Name: view.Schema.Name}},
	})), nil
}

func runStep(s readmodel.RunStep, run catalog.Run) RunStep {
	out := RunStep{
		Step: string(s.Hook), Results: s.Results, Counts: countsOf(s.Tally),
		StartedAt: timeText(s.Started), EndedAt: timeText(s.Completed), Offset: offsetIn(run, s.Started),
	}
	if out.Step == "" {
		out.Step = "nodes"
	}
	if o := s.Operation; o != nil {
		if s.Hook == "" {
			out.Step = "operation"
		}
		out.UniqueID, out.Status, out.Message = &o.UniqueID, &o.Status, optional(o.Message)
	}
	if s.Asset != 0 {
		label := s.Asset.Label(catalog.KindOperation)
		out.Asset = &label
	}
	if !s.Started.IsZero() && !s.Completed.IsZero() {
		seconds := s.Completed.Sub(s.Started).Seconds()
		out.Seconds = &seconds
	}
	return out
}
