package revision

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// A stored facet has the time of the report that brought its content. While the
// newest report of its project and source still has the thing, unchanged, the
// facet's time is that of the newest report: no row is written for it. A facet that
// the newest report does not have is written with the time of the last report that
// had it, and remembered: a node by its withdrawal or by what is held, a listed
// table by the memo below.

// droppedMemoName names the tables that the newest list of a project does not have, as
// a list of ids; absent before a first list was applied.
const droppedMemoName = "revision/dropped/1"

// reported is what is known of the reports of a project before this apply.
type reported struct {
	project catalog.Project
	held    map[string]bool // nodes that the newest report does not have, but that are served
	before  []byte          // the memo
	dropped map[string]bool // nil if unknown
}

// reports reads what is known of the reports of a project, once.
func (a *apply) reports(ctx context.Context, id catalog.ProjectID) (*reported, error) {
	if r := a.projects[id]; r != nil {
		return r, nil
	}
	r := &reported{}
	var err error
	if r.project, err = a.Store.Project(ctx, a.ws, id); err != nil {
		return nil, fmt.Errorf("project %s: %w", id, err)
	}
	h, err := a.readHeldMemo(ctx, a.ws, a.schema.ID, id)
	if err != nil {
		return nil, err
	}
	r.held = setOf(h.memo.served())
	if r.before, err = a.Store.Fingerprint(ctx, a.ws, a.schema.ID, id, droppedMemoName); err != nil {
		return nil, fmt.Errorf("tables of %s: %w", id, err)
	}
	if r.before != nil {
		var ids []string
		if err := json.Unmarshal(r.before, &ids); err != nil {
			return nil, fmt.Errorf("tables of %s: %w", id, err)
		}
		r.dropped = setOf(ids)
	}
	a.projects[id] = r
	return r, nil
}

// has reports whether the newest report of the facet's source has its thing.
func (r *reported) has(f *catalog.Facet) bool {
	switch f.Source {
	case catalog.FromManifest:
		return f.Withdrawn.IsZero() && !r.held[f.UniqueID]
	case catalog.FromCatalog:
		return r.dropped != nil && !r.dropped[f.UniqueID]
	}
	return false
}

// restamp sets the times of stored facets of projects and crawls to those of the last
// reports that had them.
func (a *apply) restamp(ctx context.Context, facets []catalog.Facet) error {
	for i := range facets {
		f := &facets[i]
		if f.Project == 0 {
			if err := a.restampCrawled(ctx, f); err != nil {
				return err
			}
			continue
		}
		r, err := a.reports(ctx, f.Project)
		if err != nil {
			return err
		}
		if newest := r.project.Newest(f.Source); r.has(f) && newest.Compare(f.Stamp()) > 0 {
			f.At, f.Tie = newest.At, newest.Tie
		}
	}
	return nil
}

// restampLists sets the times that facets have after this apply where they decide:
// between the column lists of several origins.
func (a *apply) restampLists(facets []catalog.Facet) {
	origins := map[catalog.Origin]catalog.ProjectID{}
	for i := range facets {
		if lists(facets[i].Source) {
			origins[facets[i].Origin] = facets[i].Project
		}
	}
	if len(origins) < 2 {
		return
	}
	for _, project := range origins {
		if project != 0 {
			a.contested[project] = true
		}
	}
	for i := range facets {
		f := &facets[i]
		for _, o := range a.observations {
			if o.Origin == f.Origin && o.Source == f.Source && !o.Late && o.claims(f.UniqueID) {
				f.At, f.Tie = o.At, o.Tie
			}
		}
	}
}

// contestedMemoName marks projects with tables whose columns another origin lists
// too. A mark is never removed: without such tables it only costs time.
const contestedMemoName = "revision/contested/1"

// Contested reports whether a table of the project may have its columns from
// another origin: then a newer list has to be applied even if nothing in it changed.
func (r *Reviser) Contested(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID) (bool, error) {
	b, err := r.Store.Fingerprint(ctx, ws, schema, project, contestedMemoName)
	if err != nil {
		return false, fmt.Errorf("tables of %s: %w", project, err)
	}
	return b != nil, nil
}

// markContested marks the projects that have contested tables.
func (a *apply) markContested(ctx context.Context) error {
	for _, project := range slices.Sorted(maps.Keys(a.contested)) {
		marked, err := a.Contested(ctx, a.ws, a.schema.ID, project)
		if err != nil {
			return err
		}
		if !marked {
			a.memos = append(a.memos, store.Memo{Project: project, Name: contestedMemoName, Value: []byte{1}})
		}
	}
	return nil
}

// lists reports whether facets of a source list the columns of a table.
func lists(s catalog.Source) bool { return s == catalog.FromCatalog || s == catalog.FromCrawl }

// claims reports whether the observation has a thing.
func (o *Observation) claims(id string) bool {
	if o.claimed == nil {
		o.claimed = setOf(o.ids)
		for i := range o.Claims {
			o.claimed[o.Claims[i].ID] = true
		}
	}
	return o.claimed[id]
}

// stamp is the time of the observation's report.
func (o *Observation) stamp() catalog.Stamp { return catalog.Stamp{At: o.At, Tie: o.Tie} }

// noteTables notes which tables the newest list of a project does not have, and
// merges the assets again whose columns another origin lists too: the newest list
// decides, even one that did not change.
func (p *identification) noteTables(ctx context.Context, o *Observation) error {
	if o.Project == 0 || o.Coverage != Joined || o.Restored {
		return nil
	}
	r, err := p.reports(ctx, o.Project)
	if err != nil {
		return err
	}
	dropped := map[string]bool{}
	if o.Late {
		maps.Copy(dropped, r.dropped)
	}
	stored := map[string]bool{}
	for _, f := range p.nodes.index.Facets {
		if f.Origin != o.Origin || f.Source != o.Source {
			continue
		}
		stored[f.UniqueID] = true
		if o.Late || o.claims(f.UniqueID) {
			continue
		}
		dropped[f.UniqueID] = true
		if r.dropped != nil && !r.dropped[f.UniqueID] && f.Asset != 0 {
			p.changes.rewrite(f)
		}
	}
	if o.Late {
		for i := range o.Claims {
			if id := o.Claims[i].ID; !stored[id] {
				dropped[id] = true
			}
		}
	}
	p.touchContested(o)
	value, err := json.Marshal(slices.Sorted(maps.Keys(dropped)))
	if err != nil {
		return fmt.Errorf("tables of %s: %w", o.Origin, err)
	}
	if len(dropped) == 0 {
		value = []byte("[]")
	}
	if !bytes.Equal(value, r.before) {
		p.memos = append(p.memos, store.Memo{Project: o.Project, Name: droppedMemoName, Value: value})
	}
	return nil
}

// touchContested merges the assets again that the origin and another one list the
// columns of.
func (p *identification) touchContested(o *Observation) {
	own, other := map[catalog.AssetID]bool{}, map[catalog.AssetID]bool{}
	for _, f := range p.nodes.index.Facets {
		switch {
		case !lists(f.Source) || f.Asset == 0:
		case f.Origin == o.Origin:
			own[f.Asset] = true
		default:
			other[f.Asset] = true
		}
	}
	for id := range own {
		if other[id] {
			p.changes.touched[id] = true
		}
	}
}
