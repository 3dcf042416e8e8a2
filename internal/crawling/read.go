package crawling

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/revision"
	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// read reads the tables of all chosen schemas. A schema whose tables cannot be read is left out of what is observed.
func (r *crawl) read(ctx context.Context) error {
	for n, s := range r.selection.Read {
		r.Report.Progress(int64(n), int64(len(r.selection.Read)))
		err := r.readSchema(ctx, s)
		if refused(err) {
			r.unreadable(s, messageOf(err))
			err = r.Log(ctx, "warning", fmt.Sprintf("Schema %s is not read: %s. What is known of it stays.", nameOf(s), messageOf(err)))
		} else if err == nil {
			r.scopes = append(r.scopes, revision.Scope{Platform: r.warehouse.Platform(), Database: s.Database, Schema: s.Name})
		}
		if err != nil {
			return err
		}
	}
	r.Report.Progress(int64(len(r.selection.Read)), int64(len(r.selection.Read)))
	r.Report.Count("tables_read", int64(len(r.spool.records)))
	r.Report.Count("columns_read", r.columns)
	if len(r.spool.records) > 0 {
		return nil
	}
	return &warehouse.Error{Reason: warehouse.NothingRead, Message: fmt.Sprintf(
		"the %d schemas that are read have no tables that this user sees; nothing was changed. Check the grants and the patterns", len(r.selection.Read))}
}

// refused reports whether an error is of one schema: the others may be readable.
func refused(err error) bool {
	switch warehouse.ReasonOf(err) {
	case warehouse.Denied, warehouse.Locked, warehouse.Timeout:
		return true
	}
	return false
}

// readSchema adds the tables of a schema to the spool, or none if it cannot be read to its end.
func (r *crawl) readSchema(ctx context.Context, s warehouse.Schema) (err error) {
	mark, columns := r.spool.mark(), r.columns
	defer func() {
		if err != nil {
			r.spool.reset(mark)
			r.columns = columns
		}
	}()
	for t, err := range r.warehouse.Tables(ctx, s) {
		if err != nil {
			return err
		}
		if t.Name == "" {
			continue
		}
		f := facetOf(r.warehouse.Platform(), &t)
		r.columns += int64(len(f.body.Columns))
		if added, err := r.spool.add(f); err != nil {
			return err
		} else if !added {
			r.Report.Issue(catalog.Issue{
				Code: "name-repeated", Severity: "warning", Place: nameOf(s).String(), Message: fmt.Sprintf("%.200q differs from another table only by case: it is left out", t.Name),
			})
		}
	}
	return ctx.Err()
}
