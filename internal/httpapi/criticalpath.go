package httpapi

import (
	"context"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// CriticalPath is what decided when a run was done.
type CriticalPath struct {
	Elapsed    float64    `json:"elapsed" doc:"Seconds of the whole run"`
	Executing  float64    `json:"executing" doc:"Seconds in which a step of the path was executed"`
	Waiting    float64    `json:"waiting" doc:"Seconds between the steps, in which all threads were busy with other nodes"`
	Steps      []PathStep `json:"steps" nullable:"false" doc:"In the order in which they ran; empty if no result has its times"`
	Operations []PathStep `json:"operations" nullable:"false" doc:"Hooks of the run, such as on-run-end, in the order in which they ran"`
	Truncated  bool       `json:"truncated" doc:"There are more steps before the first one"`
}

// PathStep is a node of a run with its times.
type PathStep struct {
	Result
	Waited float64 `json:"waited" doc:"Seconds from the end of the step before"`
}

func (a *API) getCriticalPath(ctx context.Context, p access.Principal, in *RunPath) (*httpserver.Body[httpserver.Document[CriticalPath]], error) {
	view, run, err := a.runOf(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	path, err := view.CriticalPath(ctx, run)
	if err != nil {
		return nil, err
	}
	out := CriticalPath{Elapsed: run.Elapsed, Steps: []PathStep{}, Operations: []PathStep{}, Truncated: path.Cut}
	for _, step := range path.Steps {
		waited := step.Waited.Seconds()
		out.Executing += step.CompletedAt.Sub(step.StartedAt).Seconds()
		out.Waiting += waited
		out.Steps = append(out.Steps, PathStep{resultInRun(step.NodeResult, run), waited})
	}
	for _, r := range path.Operations {
		out.Operations = append(out.Operations, PathStep{Result: resultInRun(r, run)})
	}
	return httpserver.Reply(httpserver.DocumentOf(httpserver.Resource[CriticalPath]{
		ID: run.ID.String(), Type: "critical_path", Attributes: out,
		Relationships: &httpserver.Relationships{Schema: &httpserver.Named{ID: run.SchemaID.String(), Name: view.Schema.Name}},
	})), nil
}
