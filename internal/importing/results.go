package importing

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
)

// readRunResults stores the results of one dbt invocation. They are
// append-only by invocation id; results of nodes that no manifest names are
// kept and found when one does.
func (j *job) readRunResults(ctx context.Context, part catalog.Part, c *contents) error {
	r, err := j.blob(ctx, part)
	if err != nil {
		return err
	}
	r = ahead(r, part.Size)
	defer func() { _ = r.Close() }() // only read
	var results []catalog.NodeResult
	unknown := 0
	head, issues, err := dbt.ReadRunResults(ctx, r, dbt.ResultOptions{Limits: j.Limits(partRunResults)}, func(res *dbt.Result) error {
		if c.manifest != nil && !c.manifest.names(res.UniqueID) {
			unknown++
		}
		results = append(results, resultOf(res))
		return nil
	})
	if err != nil {
		return j.whyUnread(ctx, part, err)
	}
	j.issues(partRunResults, issues)
	c.commands = append(c.commands, head.Command)
	of, err := j.putRun(ctx, part, head, c, results, nil)
	if err != nil {
		return err
	}
	if unknown > 0 && of != 0 { // another issue says why they are of no project
		j.rep.Issue(catalog.Issue{
			Code: "invocation-mismatch", Severity: "warning", Place: partRunResults, Count: unknown,
			Message: "results of nodes that the manifest does not name; they are kept and attached when a manifest names them",
			Remedy:  "send the manifest and the run results of one dbt invocation",
		})
	}
	return nil
}

// checkCommands reports run results that are all of commands that build nothing.
func (j *job) checkCommands(c *contents) {
	for _, command := range c.commands {
		if (catalog.Run{Command: command}).Counting() != catalog.CountsForNothing {
			return
		}
	}
	if len(c.commands) == 0 {
		return
	}
	command, remedy := c.commands[0], "send the run_results.json of dbt build, run or test"
	if command == "generate" {
		command = "docs generate"
		remedy += ": dbt docs generate overwrites that file, so copy it before"
	}
	j.rep.Issue(catalog.Issue{
		Code: "run-results-of-no-run", Severity: "warning", Place: partRunResults,
		Message: "the run results are those of dbt " + command + ", which runs no model and no test: they are listed with the run and change no status",
		Remedy:  remedy,
	})
}

// names reports whether the manifest has the node.
func (m *manifestIndex) names(uniqueID string) bool {
	_, ok := m.print.nodes[uniqueID]
	return ok
}

// putRun stores a run. That of another target belongs to no project.
func (j *job) putRun(ctx context.Context, part catalog.Part, h dbt.Head, c *contents, results []catalog.NodeResult, freshness []catalog.Freshness) (catalog.ProjectID, error) {
	run := catalog.Run{
		SchemaID: j.schema.ID, Project: j.project.ID, InvocationID: h.InvocationID, Command: h.Command,
		Args: json.RawMessage(h.Args), Empty: h.Empty, DBTVersion: h.DBTVersion,
		GeneratedAt: j.generated(h), Elapsed: h.Elapsed.Seconds(), Results: len(results) + len(freshness), Import: j.claim.Import.ID,
	}
	var err error
	if run.Project, err = j.projectOfRun(ctx, part, c, nodesOf(results, freshness)); err != nil {
		return 0, err
	}
	if run.InvocationID == "" {
		run.InvocationID = "sha256:" + part.SHA256 // a hand-made file: the hash of its bytes identifies the invocation
	}
	if part.Name == partSources {
		if run.Artifact = catalog.ArtifactSources; run.Command == "" {
			run.Command = "source freshness"
		}
	}
	_, stored, err := j.Store.PutRun(ctx, j.claim.WS, run, results, freshness)
	if err != nil {
		return 0, fmt.Errorf("run %s: %w", run.InvocationID, err)
	}
	if stored {
		j.rep.Add("results_stored", int64(len(results)))
		j.rep.Add("freshness_stored", int64(len(freshness)))
	}
	return run.Project, nil
}

func resultOf(r *dbt.Result) catalog.NodeResult {
	n := catalog.NodeResult{
		UniqueID: r.UniqueID, Status: r.StatusText, Class: classOf(r), Message: r.Message, Failures: r.Failures,
		ExecutionTime: r.ExecutionTime.Seconds(), RowsAffected: r.Adapter.RowsAffected, Thread: r.Thread,
	}
	n.StartedAt, n.CompletedAt = span(r.Timing)
	return n
}

// classOf is the class of a result. Before v1 the outcome was in flags: a test that
// has none of them passed.
func classOf(r *dbt.Result) string {
	if class := catalog.ClassOfResult(r.UniqueID, r.StatusText, r.Failures); class != catalog.ClassOther {
		return class
	}
	passed := int64(0)
	return catalog.ClassOfResult(r.UniqueID, string(r.Status), &passed)
}

// span is from the first start to the last end of the phases.
func span(phases []dbt.Timing) (from, to time.Time) {
	for _, p := range phases {
		if !p.StartedAt.IsZero() && (from.IsZero() || p.StartedAt.Before(from)) {
			from = p.StartedAt
		}
		if p.CompletedAt.After(to) {
			to = p.CompletedAt
		}
	}
	return from, to
}

// readSources stores the results of dbt source freshness.
func (j *job) readSources(ctx context.Context, part catalog.Part, c *contents) error {
	r, err := j.blob(ctx, part)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // only read
	var list []catalog.Freshness
	head, issues, err := dbt.ReadSources(ctx, r, dbt.ResultOptions{Limits: j.Limits(partSources)}, func(f *dbt.Freshness) error {
		list = append(list, catalog.Freshness{
			UniqueID: f.UniqueID, Status: strings.ToLower(f.StatusText), MaxLoadedAt: f.MaxLoadedAt, SnapshotedAt: f.SnapshottedAt,
			Age: f.Age.Seconds(), Criteria: f.Criteria, Message: f.Error, ExecutionTime: f.ExecutionTime.Seconds(),
		})
		return nil
	})
	if err != nil {
		return j.whyUnread(ctx, part, err)
	}
	j.issues(partSources, issues)
	_, err = j.putRun(ctx, part, head, c, nil, list)
	return err
}
