package importing

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/revision"
)

// catalogIndex is what the first pass over a catalog finds.
type catalogIndex struct {
	artifact *artifact
	head     dbt.Head
	same     bool // nothing differs from what was applied
	late     bool // older than the newest catalog that was applied
	// contested: nothing differs, but another origin lists columns of the same tables,
	// and the newest list decides.
	contested bool
	changed   int64
	claims    []revision.Claim
	entries   []entry // by claim
	print     *fingerprint
}

type catalogSink struct {
	*catalogIndex
	job *job
}

func (j *job) readCatalog(ctx context.Context, part catalog.Part, c *contents) error {
	if skip, err := j.checkReverted(ctx, part); err != nil || skip {
		c.ignore(partCatalog)
		return err
	}
	print, err := j.fingerprint(ctx, catalog.FromCatalog)
	if err != nil {
		return err
	}
	a, err := j.artifact(ctx, part)
	if err != nil {
		return err
	}
	c.artifacts = append(c.artifacts, a)
	r, err := a.openAhead(ctx)
	if err != nil {
		return inPart(partCatalog, err)
	}
	defer func() { _ = r.Close() }() // only read
	index := &catalogIndex{artifact: a, print: newFingerprint(print.len())}
	opt := dbt.CatalogOptions{Limits: j.Limits(partCatalog), Index: true}
	if print != nil {
		opt.IsUnchanged = print.has
	}
	head, failures, issues, err := dbt.ReadCatalog(ctx, r, opt, &catalogSink{index, j})
	if err != nil {
		return j.whyUnread(ctx, part, err)
	}
	j.issues(partCatalog, issues)
	for _, text := range failures {
		j.rep.Issue(catalog.Issue{
			Code: "catalog-partial", Severity: "warning", Place: partCatalog, Message: "dbt could not list a schema: " + text,
			Remedy: "tables that are missing for this reason keep their columns; fix the cause and run dbt docs generate again",
		})
	}
	index.head = head
	if ignored, err := j.isOfAnotherTarget(ctx, c, index); err != nil {
		return err
	} else if ignored {
		c.ignore(partCatalog)
		return j.keepCatalog(ctx, index, part)
	}
	index.late = j.isLate(head, part, catalog.FromCatalog)
	j.checkClock(head, partCatalog)
	j.rep.Count("catalog_tables", int64(len(index.print.nodes)))
	j.rep.Count("catalog_tables_changed", index.changed)
	index.same = index.print.same(print)
	c.catalog = index
	if !index.same || index.late || j.stampOf(head, part).Compare(j.project.Newest(catalog.FromCatalog)) <= 0 {
		return nil
	}
	index.contested, err = j.Reviser.Contested(ctx, j.claim.WS, j.schema.ID, j.project.ID)
	return err
}

// Table takes a table that is new or changed.
func (s *catalogSink) Table(t *dbt.CatalogTable) error {
	s.print.nodes[t.UniqueID] = t.Hash
	s.changed++
	s.claims = append(s.claims, revision.Claim{ID: t.UniqueID})
	s.entries = append(s.entries, entry{section: t.Section, id: t.UniqueID, hash: t.Hash, Range: t.Range})
	s.job.readBase()
	return nil
}

// Unchanged takes a table that is the same as when it was last applied.
func (s *catalogSink) Unchanged(_, uniqueID string, h dbt.Hash) error {
	s.print.nodes[uniqueID] = h
	s.claims, s.entries = append(s.claims, revision.Claim{ID: uniqueID, Same: true}), append(s.entries, entry{})
	return nil
}

// observation is the catalog as revision takes it. A catalog does not name its
// adapter; the manifest does.
func (c *catalogIndex) observation(j *job, adapter string) revision.Observation {
	o := j.observed(c.head, c.artifact.part)
	o.Source, o.Coverage, o.Claims, o.Late, o.Forced = catalog.FromCatalog, revision.Joined, c.claims, c.late, j.claim.Import.Force
	o.Report = "the catalog"
	o.Unclaimed = catalog.Issue{
		Code: "catalog-only-table", Severity: "info",
		Message: "the catalog has a table that the manifest does not name (another selection or target); it is kept until a manifest names it",
	}
	o.Facets = c.reader(j, adapter)
	c.claims, c.entries = nil, nil // Apply drops them as soon as it can
	return o
}

// reader is the second pass over the catalog.
func (c *catalogIndex) reader(j *job, adapter string) *catalogReader {
	return &catalogReader{
		adapter: adapter, entries: c.entries,
		tables: newSecondPass(c.artifact, func(list []dbt.Issue) { j.issues(partCatalog, list) },
			func() *dbt.TableDecoder { return dbt.NewTableDecoder(j.Limits(partCatalog)) }),
	}
}

// catalogBody makes the body of the facet of a table.
func catalogBody(adapter string, t *dbt.CatalogTable) catalog.Body {
	return catalog.Body{
		Name: t.Name, Description: t.Comment, Columns: warehouseColumns(t), Stats: statsOf(t),
		Relation: catalog.WarehouseRelation(adapter, t.Database, t.Schema, t.Name),
	}
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
