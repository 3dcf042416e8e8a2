package mcp

import (
	"context"
	"math"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/store"
)

type runsInput struct {
	Run   string `json:"run,omitempty" jsonschema:"id of a run, such as RUN-3, or latest: its results"`
	Asset string `json:"asset,omitempty" jsonschema:"the results of this asset over time, newest first"`
	schemaArg
	Project string `json:"project,omitempty" jsonschema:"dbt project, if several have the asset"`
	Class   string `json:"class,omitempty" jsonschema:"with run: only results of this class: success, error, skipped, warn, fail or pass"`
	Outcome string `json:"outcome,omitempty" jsonschema:"only runs of this outcome: success, warned, failed or nothing"`
	Command string `json:"command,omitempty" jsonschema:"only runs of this dbt command: build, run, test …"`
	paged
}

type runRow struct {
	ID           string         `json:"id"`
	Command      string         `json:"command"`
	Outcome      string         `json:"outcome"`
	At           string         `json:"at"`
	Elapsed      float64        `json:"elapsed_seconds"`
	Results      int            `json:"results"`
	Counts       map[string]int `json:"counts"`
	Partial      bool           `json:"partial,omitempty"`
	InvocationID string         `json:"invocation_id"`
	DBT          string         `json:"dbt_version,omitempty"`
}

type resultRow struct {
	Node     string   `json:"node,omitempty"`
	Run      string   `json:"run"`
	Status   string   `json:"status"`
	At       string   `json:"at,omitempty"`
	Seconds  float64  `json:"seconds"`
	Failures *int64   `json:"failures,omitempty"`
	Rows     *int64   `json:"rows_affected,omitempty"`
	Message  *foreign `json:"message,omitempty"`
}

func listRuns(ctx context.Context, c *caller, in *runsInput, from *positions) (*answer, error) {
	if err := oneOf("class", in.Class, "success", "error", "skipped", "warn", "fail", "pass"); err != nil {
		return nil, err
	}
	if err := oneOf("outcome", in.Outcome, "success", "warned", "failed", "nothing"); err != nil {
		return nil, err
	}
	if in.Run != "" {
		return c.run(ctx, in, from)
	}
	about, v, err := c.about(ctx, aboutInput{in.Asset, in.schemaArg, in.Project, ""}, from)
	if err != nil {
		return nil, err
	}
	if in.Asset != "" {
		return about.answer, stored(ctx, about.answer, from, "results", func(ctx context.Context, p store.Page) (store.Paged[store.RunResult], error) {
			return v.Results(ctx, about.found, p)
		}, func(r store.RunResult) any { return resultRowOf(&r.NodeResult, true) })
	}
	filter := store.RunFilter{Outcome: catalog.RunOutcome(in.Outcome), Command: in.Command}
	return about.answer, stored(ctx, about.answer, from, "runs", func(ctx context.Context, p store.Page) (store.Paged[catalog.Run], error) {
		return v.Runs(ctx, filter, p)
	}, func(r catalog.Run) any { return runRowOf(&r) })
}

// run answers with the results of one run.
func (c *caller) run(ctx context.Context, in *runsInput, from *positions) (*answer, error) {
	v, run, err := c.runOf(ctx, in)
	if err != nil {
		return nil, err
	}
	a := &answer{}
	a.set("schema", schemaOf(v))
	a.set("run", runRowOf(&run))
	if run.Artifact == catalog.ArtifactSources {
		return a, stored(ctx, a, from, "freshness", func(ctx context.Context, p store.Page) (store.Paged[catalog.Freshness], error) {
			return v.RunFreshness(ctx, run, p)
		}, func(f catalog.Freshness) any { return freshnessRowOf(f) })
	}
	return a, stored(ctx, a, from, "results", func(ctx context.Context, p store.Page) (store.Paged[catalog.NodeResult], error) {
		return v.RunResults(ctx, run, in.Class, p)
	}, func(r catalog.NodeResult) any {
		row := resultRowOf(&r, true)
		row.Run = ""
		return row
	})
}

// latestRun means the newest run of a schema.
const latestRun = "latest"

// runOf finds the run that an argument names.
func (c *caller) runOf(ctx context.Context, in *runsInput) (*readmodel.View, catalog.Run, error) {
	if in.Run == latestRun {
		v, err := c.view(ctx, in.Schema, "", nil)
		if err != nil {
			return nil, catalog.Run{}, err
		}
		page, err := v.Runs(ctx, store.RunFilter{Outcome: catalog.RunOutcome(in.Outcome), Command: in.Command}, store.Page{Limit: 1})
		if err == nil && len(page.Rows) == 0 {
			err = httpserver.NewProblem(httpserver.CodeNotFound, "%s has no such run.", v.Schema.ID)
		}
		if err != nil {
			return nil, catalog.Run{}, err
		}
		return v, page.Rows[0], nil
	}
	id, err := catalog.ParseIDOf(catalog.PrefixRun, in.Run)
	if err != nil {
		return nil, catalog.Run{}, httpserver.Missing(err, "run", in.Run)
	}
	v, run, err := c.Model.Run(ctx, c.p, catalog.RunID(id))
	return v, run, httpserver.Missing(err, "run", in.Run)
}

func runRowOf(r *catalog.Run) runRow {
	out := runRow{
		ID: r.ID.String(), Command: short(r.Command), Outcome: string(r.Outcome()), At: instant(r.GeneratedAt), Elapsed: seconds(r.Elapsed), Results: r.Results,
		Counts: map[string]int{}, Partial: r.IsSelected(), InvocationID: short(r.InvocationID), DBT: r.DBTVersion,
	}
	for class, n := range map[string]int{
		"success": r.Tally.Passed, "warn": r.Tally.Warned, "fail": r.Tally.Failed, "error": r.Tally.Errors, "skipped": r.Tally.Skipped,
	} {
		if n > 0 {
			out.Counts[class] = n
		}
	}
	return out
}

func resultRowOf(r *catalog.NodeResult, named bool) resultRow {
	out := resultRow{
		Run: r.Run.String(), Status: short(r.Status), At: instant(r.CompletedAt), Seconds: seconds(r.ExecutionTime), Failures: r.Failures, Rows: r.RowsAffected,
	}
	if named {
		out.Node = short(r.UniqueID)
	}
	if slices.Contains([]string{catalog.ClassError, catalog.ClassFail, catalog.ClassWarn}, r.Class) {
		out.Message = foreignText(r.Message, "dbt", shortText)
	}
	return out
}

// seconds are a duration without what nobody measures.
func seconds(s float64) float64 { return math.Round(s*1000) / 1000 }

// aboutInput names a schema, and perhaps an asset in it.
type aboutInput struct {
	asset string
	schemaArg
	project string
	at      string
}

// about is an answer about a schema, or about one of its assets.
type about struct {
	answer *answer
	asset  catalog.AssetID // 0: the schema
	found  *catalog.Asset
}

// about begins an answer about the schema or the asset that arguments name.
func (c *caller) about(ctx context.Context, in aboutInput, from *positions) (about, *readmodel.View, error) {
	if in.asset != "" {
		f, err := c.asset(ctx, assetArg{in.asset, in.schemaArg, in.project}, in.at, from)
		if err != nil {
			return about{}, nil, err
		}
		return about{answerAbout(f), f.ID, &f.Asset}, f.view, nil
	}
	v, err := c.view(ctx, in.Schema, in.at, from)
	if err != nil {
		return about{}, nil, err
	}
	a := &answer{version: v.Version}
	a.set("schema", schemaOf(v))
	return about{answer: a}, v, nil
}
