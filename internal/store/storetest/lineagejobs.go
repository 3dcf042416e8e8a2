package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// The state of a job is replaced by what a function makes of it, and one job waits to apply what changed.
func testLineageJobs(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := get(r.CreateSchema(ctx, ws, "a", "", store.By{}))(t).ID
	add := func(name, text string, apply bool) error {
		return r.UpdateLineageJob(ctx, ws, schema, "airflow", name, time.Minute, func(old []byte) (store.LineageChange, error) {
			return store.LineageChange{State: append(old, text...), Apply: apply}, nil
		})
	}
	for i := range 5 {
		must(t, add(fmt.Sprint("job", i), "x", true))
		must(t, add(fmt.Sprint("job", i), "y", false))
		must(t, add(fmt.Sprint("job", i), "", true))
	}
	refused := errors.New("refused")
	err := r.UpdateLineageJob(ctx, ws, schema, "airflow", "job0", 0, func([]byte) (store.LineageChange, error) { return store.LineageChange{}, refused })
	wants(t, err, refused)
	seen := map[string]string{}
	for page := (store.Page{Limit: 2}); ; {
		rows := get(r.LineageJobs(ctx, ws, schema, page))(t)
		same(t, rows.Total, int64(5))
		for _, j := range rows.Rows {
			seen[j.Name] = string(j.State)
		}
		if page.After = rows.Next; page.After == "" {
			break
		}
	}
	same(t, len(seen), 5)
	same(t, seen["job3"], "xy")
	if left := get(r.LineageJobs(ctx, ws+1, schema, store.Page{}))(t); len(left.Rows) > 0 {
		t.Errorf("another workspace sees %v", left.Rows)
	}
	_, err = r.LineageJobs(ctx, ws, schema, store.Page{After: "x"})
	wants(t, err, catalog.ErrInvalid)
}
