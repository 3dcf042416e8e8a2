package importing

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
)

// catalogSaid is what one catalog.json says.
type catalogSaid struct {
	head   dbt.Head
	same   bool
	facets []catalog.Facet // of tables that are new or changed
	print  *fingerprint
}

type catalogSink struct {
	*catalogSaid
	job     *job
	adapter string // of the manifest at hand, else of the one that was applied last
}

func (j *job) readCatalog(ctx context.Context, part catalog.Part, s *said) error {
	if s.superseded {
		return nil
	}
	print, err := j.fingerprint(ctx, catalog.FromCatalog)
	if err != nil {
		return err
	}
	r, err := j.blob(ctx, part)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // only read
	sink := &catalogSink{catalogSaid: &catalogSaid{print: newFingerprint(print.len())}, job: j, adapter: j.project.Adapter}
	if s.manifest != nil {
		sink.adapter = s.manifest.head.AdapterType
	}
	opt := dbt.CatalogOptions{Limits: j.Limits(partCatalog)}
	if print != nil {
		opt.Known = print.knows
	}
	head, failures, issues, err := dbt.ReadCatalog(ctx, r, opt, sink)
	if err != nil {
		return inPart(partCatalog, err)
	}
	j.issues(partCatalog, issues)
	for _, text := range failures {
		j.rep.issue(catalog.Issue{Code: "catalog-partial", Severity: "warning", Place: partCatalog, Message: "dbt could not list a schema: " + text, Remedy: "tables that are missing for this reason keep their columns; mend the cause and run dbt docs generate again"})
	}
	if j.olderCatalog(head) {
		return nil
	}
	j.checkClock(head, partCatalog)
	j.rep.count("catalog_tables", int64(len(sink.print.nodes)))
	j.rep.count("catalog_tables_changed", int64(len(sink.facets)))
	sink.head, sink.same = head, sink.print.same(print)
	made := j.reportOf(head) // known when the whole catalog is read
	for i := range sink.facets {
		f := &sink.facets[i]
		f.Cause, f.At, f.Tie = made.cause, made.at, made.tie
	}
	s.catalog = sink.catalogSaid
	return nil
}

// olderCatalog tells a catalog that was made before the one that is served.
func (j *job) olderCatalog(h dbt.Head) bool {
	if j.claim.Import.Force || h.GeneratedAt.IsZero() || !h.GeneratedAt.Before(j.project.CatalogGeneratedAt) {
		return false
	}
	j.rep.issue(catalog.Issue{
		Code: "superseded", Severity: "warning", Place: partCatalog,
		Message: fmt.Sprintf("the catalog was generated at %s, before the one that is served (%s); it was left aside", stamp(h.GeneratedAt), stamp(j.project.CatalogGeneratedAt)),
		Remedy:  "send it with force=true if it shall be served all the same",
	})
	return true
}

// Table takes a table that is new or changed.
func (s *catalogSink) Table(t *dbt.CatalogTable) error {
	s.print.nodes[t.UniqueID] = t.Hash
	p := s.job.project
	f := catalog.Facet{
		Origin: p.Origin(), Source: catalog.FromCatalog, UniqueID: t.UniqueID, Project: p.ID,
		Body: catalog.Body{
			Name: t.Name, Description: t.Comment, Columns: warehouseColumns(t), Stats: statsOf(t),
			Relation: catalog.WarehouseRelation(s.adapter, t.Database, t.Schema, t.Name),
		},
	}
	s.facets = append(s.facets, f)
	return nil
}

// Unchanged takes a table that is as it was when it was last applied.
func (s *catalogSink) Unchanged(_, uniqueID string, h dbt.Hash) error {
	s.print.nodes[uniqueID] = h
	return nil
}

func warehouseColumns(t *dbt.CatalogTable) []catalog.BodyColumn {
	out := make([]catalog.BodyColumn, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = catalog.BodyColumn{Name: c.Name, Ordinal: i + 1, NativeType: c.Type, Description: c.Comment}
	}
	return out
}

// statsOf keeps the statistics that the warehouse supplied, by the names that
// every warehouse shares where there is one.
func statsOf(t *dbt.CatalogTable) map[string]catalog.Stat {
	stats := map[string]catalog.Stat{}
	for _, s := range t.Stats {
		if !s.Include || s.ID == "has_stats" {
			continue
		}
		if stat, ok := statOf(s); ok {
			stats[s.ID] = stat
		}
	}
	put := func(name, label string, n *int64) {
		if n != nil {
			v := float64(*n)
			stats[name] = catalog.Stat{Label: label, Value: &v}
		}
	}
	put("row_count", "Row Count", t.RowCount)
	put("bytes", "Size", t.Bytes)
	if t.Type != "" {
		stats["table_type"] = catalog.Stat{Label: "Type", Text: t.Type}
	}
	if t.Owner != "" {
		stats["table_owner"] = catalog.Stat{Label: "Owner in the warehouse", Text: t.Owner}
	}
	return stats
}

func statOf(s dbt.Stat) (catalog.Stat, bool) {
	text := strings.TrimSpace(string(s.Value))
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return catalog.Stat{Label: s.Label, Value: &n}, true
	}
	var word string
	if json.Unmarshal(s.Value, &word) == nil && word != "" {
		return catalog.Stat{Label: s.Label, Text: word}, true
	}
	return catalog.Stat{}, false
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
