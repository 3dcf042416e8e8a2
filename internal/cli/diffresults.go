package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/projectdiff"
)

// lastRuns are how nodes and tests ended when they ran last, by unique id.
type lastRuns map[string]*projectdiff.LastRun

// of returns the last run of a node or test; nil if none is known.
func (l lastRuns) of(id string) *projectdiff.LastRun { return l[id] }

// add keeps the later one of two runs.
func (l lastRuns) add(id, status string, at time.Time) {
	run := &projectdiff.LastRun{Status: status}
	if !at.IsZero() {
		run.CompletedAt = &at
	}
	if was := l[id]; was == nil || was.CompletedAt == nil || run.CompletedAt != nil && !at.Before(*was.CompletedAt) {
		l[id] = run
	}
}

// results adds to a difference how what it touches ended when it ran last: by the results that a server has, else by
// those in the folder of the manifest of the state before.
func (c *DiffCmd) results(ctx context.Context, out *output, project string, diff *projectdiff.Diff) error {
	if len(diff.Tables)+len(diff.Hits) == 0 {
		return nil
	}
	runs := lastRuns{}
	schema, at, stored := storedName(c.Base)
	if stored {
		if len(c.BaseResults) > 0 {
			return usagef("--base-results is of a manifest; the schema %s has its own results", schema)
		}
		err := c.with(ctx, out, func(cl *client) error {
			s := storedState{client: cl, schema: schema, at: at, project: project}
			return s.lastRuns(ctx, runs)
		})
		if err != nil {
			return fmt.Errorf("results of %s: %w", c.Base, err)
		}
	} else {
		paths, err := c.resultFiles()
		if err != nil {
			return err
		}
		for _, path := range paths {
			if err := runs.read(ctx, path); err != nil {
				return err
			}
		}
	}
	diff.Note(runs.of)
	return nil
}

// resultFiles are the run results of the state before: those that are named, else those in the folder of its manifest.
func (c *DiffCmd) resultFiles() ([]string, error) {
	if len(c.BaseResults) > 0 {
		return c.BaseResults, nil
	}
	manifest, err := manifestOf(c.Base)
	if err != nil {
		return nil, err
	}
	switch filepath.Base(manifest) {
	case "manifest.json", "manifest.json.gz":
		if path := artifactIn(filepath.Dir(manifest), "run_results.json"); path != "" {
			return []string{path}, nil
		}
	}
	return nil, nil
}

// read adds the results of a file.
func (l lastRuns) read(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	opt := dbt.ResultOptions{Limits: dbt.DefaultLimits(dbt.RunResults)}
	var without []string // time
	head, _, err := dbt.ReadRunResults(ctx, f, opt, func(r *dbt.Result) error {
		var at time.Time
		for _, t := range r.Timing {
			if t.CompletedAt.After(at) {
				at = t.CompletedAt
			}
		}
		if at.IsZero() {
			without = append(without, r.UniqueID)
		}
		l.add(r.UniqueID, string(r.Status), at)
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, id := range without {
		l.add(id, l[id].Status, head.GeneratedAt)
	}
	return nil
}

// lastRuns adds the latest results of the project that the schema has.
func (s *storedState) lastRuns(ctx context.Context, runs lastRuns) error {
	project, err := s.projectID(ctx)
	if err != nil {
		return err
	}
	query := func() url.Values {
		q := url.Values{"schema_id": {s.schema}, "project": {project}, "limit": {"200"}}
		if s.at != "" {
			q.Set("at", s.at)
		}
		return q
	}
	type result struct {
		Status      string
		CompletedAt time.Time `json:"completed_at"`
	}
	err = s.pages(ctx, "/api/v1/assets", query(), func(_ string, attributes json.RawMessage) (bool, error) {
		var a struct {
			DBT *struct {
				UniqueID string `json:"unique_id"`
			}
			LastRun *result `json:"last_run"`
		}
		err := json.Unmarshal(attributes, &a)
		if err == nil && a.DBT != nil && a.LastRun != nil {
			runs.add(a.DBT.UniqueID, a.LastRun.Status, a.LastRun.CompletedAt)
		}
		return true, err
	})
	if err != nil {
		return err
	}
	return s.pages(ctx, "/api/v1/tests", query(), func(_ string, attributes json.RawMessage) (bool, error) {
		var t struct {
			UniqueID string `json:"unique_id"`
			Latest   *result
		}
		err := json.Unmarshal(attributes, &t)
		if err == nil && t.Latest != nil {
			runs.add(t.UniqueID, t.Latest.Status, t.Latest.CompletedAt)
		}
		return true, err
	})
}
