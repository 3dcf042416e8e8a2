package revision

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// heldMemo is what a project's last report no longer has but what is still
// served. It is committed with the version.
type heldMemo struct {
	// Nodes and Tests are those whose removal is pending.
	Nodes []string `json:"nodes,omitempty"`
	Tests []string `json:"tests,omitempty"`
	// KeptNodes and KeptTests stay because a person refused their removal. They
	// are forgotten once a report has them again, or one is forced.
	KeptNodes []string `json:"kept_nodes,omitempty"`
	KeptTests []string `json:"kept_tests,omitempty"`
	// Stale are those that no report has now, but that the last one keeps. They are
	// forgotten with the first one that does not.
	Stale []string `json:"stale,omitempty"`
	// Keeps: the newest report keeps what it lacks.
	Keeps bool `json:"keeps,omitempty"`
}

// served are the nodes that the newest report does not have, but that are served.
func (m heldMemo) served() []string { return slices.Concat(m.Nodes, m.KeptNodes, m.Stale) }

func (m heldMemo) isEmpty() bool {
	return len(m.Nodes)+len(m.Tests)+len(m.KeptNodes)+len(m.KeptTests)+len(m.Stale) == 0 && !m.Keeps
}

// held is the memo of one project, before and after this apply.
type held struct {
	before []byte
	memo   heldMemo
	assets map[catalog.AssetID]bool // of nodes that are pending or kept
	stale  map[catalog.AssetID]bool // of those that the report keeps
}

// isEmpty reports whether nothing is pending or was kept, now and before this
// apply.
func (h *held) isEmpty() bool { return h == nil || h.memo.isEmpty() && len(h.before) == 0 }

// names of what is remembered of a project apart from its rows; the number changes
// with the format.
const (
	heldMemoName  = "revision/held/1"
	linksMemoName = "revision/links/1"
)

// readHeld reads the memo of a project, once.
func (a *apply) readHeld(ctx context.Context, project catalog.ProjectID) error {
	if a.held[project] != nil || project == 0 {
		return nil
	}
	h, err := a.readHeldMemo(ctx, a.ws, a.schema.ID, project)
	if err != nil {
		return err
	}
	h.assets = map[catalog.AssetID]bool{}
	origin := catalog.Origin("")
	for _, o := range a.observations {
		if o.Project == project {
			origin = o.Origin
		}
	}
	if origin == "" && !h.memo.isEmpty() {
		p, err := a.Store.Project(ctx, a.ws, project)
		if err != nil {
			return fmt.Errorf("project %s: %w", project, err)
		}
		origin = p.Origin()
	}
	for _, id := range h.memo.served() {
		if p, ok := a.at[Node{origin, id}]; ok {
			h.assets[p.asset] = true
		}
	}
	a.held[project] = h
	return nil
}

// Keeps reports whether the newest manifest of a project keeps what it lacks.
func (r *Reviser) Keeps(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID) (bool, error) {
	h, err := r.readHeldMemo(ctx, ws, schema, project)
	if err != nil {
		return false, err
	}
	return h.memo.Keeps, nil
}

func (r *Reviser) readHeldMemo(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID) (*held, error) {
	b, err := r.Store.Fingerprint(ctx, ws, schema, project, heldMemoName)
	if err != nil {
		return nil, fmt.Errorf("removals of %s: %w", project, err)
	}
	h := &held{before: b}
	if len(b) > 0 {
		if err := json.Unmarshal(b, &h.memo); err != nil {
			return nil, fmt.Errorf("removals of %s: %w", project, err)
		}
	}
	return h, nil
}

// absence is what an observation no longer claims.
type absence struct {
	observation *Observation
	present     []string        // nodes that it still claims
	missing     []string        // nodes that it no longer claims
	claimed     int             // how many nodes it claims, new ones included
	kept        map[string]bool // of missing: a person refused their removal, or the observation keeps them
	withheld    map[string]bool // of missing: their removal is pending
	cause       catalog.Cause   // of the newest report, where the observation is late
	at          time.Time       // of that report
}

// absent notes what an observation no longer claims, and which of it a person
// kept.
func (p *identification) absent(ctx context.Context, a absence) error {
	o := a.observation
	if o.Project != 0 {
		if err := p.readHeld(ctx, o.Project); err != nil {
			return err
		}
		switch h := p.held[o.Project]; {
		case o.Coverage != Complete:
		case o.Keeps:
			a.kept = setOf(a.missing)
		case !o.Forced:
			a.kept = setOf(h.memo.KeptNodes)
		}
	}
	p.absences = append(p.absences, a)
	return nil
}

func setOf(ids []string) map[string]bool {
	set := make(map[string]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}

// unkept are the missing nodes that nothing keeps.
func (a *absence) unkept() []string {
	return slices.DeleteFunc(slices.Clone(a.missing), func(id string) bool { return a.kept[id] })
}

// withholdAbsent decides which removals become pending: those of an observation
// that lacks so many tables that it looks like a mistake. A node whose table
// lives on as another node takes no table with it and does not count.
func (p *identification) withholdAbsent() {
	suspect := false
	for i := range p.absences {
		a := &p.absences[i]
		if a.observation.Late {
			continue // the history decides
		}
		if missing := a.unkept(); len(missing) > 0 && p.suspects(a, missing) {
			a.withheld, suspect = setOf(missing), true
		}
	}
	if !suspect {
		return
	}
	survivors := p.survivors()
	for i := range p.absences {
		a := &p.absences[i]
		if len(a.withheld) > 0 {
			a.withheld = pendingOf(a.unkept(), a.claimed,
				func(missing []string) bool { return p.suspects(a, missing) },
				func(id string) bool { return survivors[Node{a.observation.Origin, id}] })
		}
	}
}

// pendingOf returns the missing nodes of a report of so many nodes whose removal
// becomes pending. If what is missing is suspect, the nodes whose table survives
// as another node are removed all the same, and the others only if they are not
// suspect without them. Of a report without nodes everything is pending.
func pendingOf(missing []string, claimed int, suspects func(missing []string) bool, survives func(id string) bool) map[string]bool {
	switch {
	case len(missing) == 0 || !suspects(missing):
		return nil
	case claimed == 0:
		return setOf(missing)
	}
	rest := slices.DeleteFunc(slices.Clone(missing), survives)
	if !suspects(rest) {
		return nil
	}
	return setOf(rest)
}

// survivors are the withheld nodes whose table another node of their origin still
// reports, wherever the observations move it. Other origins do not count: what is
// pending must not depend on which of them reported first.
func (p *identification) survivors() map[Node]bool {
	claims := slices.Clone(p.claims)
	withheld := map[Node]bool{}
	gone := map[Node]bool{}
	for _, a := range p.absences {
		if a.observation.Late {
			continue // claimed already
		}
		for _, id := range a.missing {
			n := Node{a.observation.Origin, id}
			switch {
			case a.withheld[id] || a.kept[id]:
				claims = append(claims, p.nodes.claim(n))
				withheld[n] = a.withheld[id]
			default:
				gone[n] = true
			}
		}
	}
	type group struct {
		origin catalog.Origin
		asset  catalog.AssetID
		fresh  int
	}
	lives := map[group]bool{}
	resolved := p.nodes.identities(gone).Resolve(claims)
	moved := map[Node]bool{}
	for _, r := range resolved {
		n := Node{r.Origin, r.UniqueID}
		moved[n] = true
		if !withheld[n] {
			lives[group{r.Origin, r.Asset, r.New}] = true
		}
	}
	for _, f := range p.nodes.index.Facets {
		if n := (Node{f.Origin, f.UniqueID}); asserts(f.Source) && !f.Withdrawn && !moved[n] && !gone[n] {
			lives[group{origin: f.Origin, asset: f.Asset}] = true
		}
	}
	out := map[Node]bool{}
	for _, r := range resolved {
		if n := (Node{r.Origin, r.UniqueID}); withheld[n] && lives[group{r.Origin, r.Asset, r.New}] {
			out[n] = true
		}
	}
	return out
}

// applyAbsence claims the missing nodes that stay, as they are stored, and
// withdraws the others.
func (p *identification) applyAbsence(a *absence) {
	o := a.observation
	if o.Late {
		return // the history decided
	}
	for _, id := range a.missing {
		n := Node{o.Origin, id}
		if a.withheld[id] || a.kept[id] {
			p.claims = append(p.claims, p.nodes.claim(n))
			if r := p.projects[o.Project]; r != nil && !r.held[id] {
				f, _ := p.nodes.asserted(n)
				p.changes.rewrite(f)
			}
			continue
		}
		p.withdraw(n, catalog.Withdrawal{Cause: o.Cause, At: o.At})
	}
	h := p.held[o.Project]
	if o.Project == 0 || o.Restored {
		return
	}
	if o.Coverage != Complete {
		// A part of what was pending is applied now: it is no longer pending.
		h.memo.Nodes, h.memo.Tests = nil, nil
		gone := setOf(a.missing)
		left := func(ids []string) []string { return slices.DeleteFunc(ids, func(id string) bool { return gone[id] }) }
		if h.memo.KeptNodes, h.memo.Stale = left(h.memo.KeptNodes), left(h.memo.Stale); len(h.memo.KeptNodes) == 0 {
			h.memo.KeptTests = nil
		}
		return
	}
	refused := setOf(h.memo.KeptNodes)
	h.memo.KeptNodes, h.memo.Nodes, h.memo.Stale, h.memo.Keeps = nil, nil, nil, o.Keeps
	for _, id := range a.missing {
		switch {
		case a.kept[id] && refused[id]:
			h.memo.KeptNodes = append(h.memo.KeptNodes, id)
		case a.kept[id]:
			h.memo.Stale = append(h.memo.Stale, id)
		case a.withheld[id]:
			h.memo.Nodes = append(h.memo.Nodes, id)
		}
	}
	if len(h.memo.KeptNodes) == 0 {
		h.memo.KeptTests = nil
	}
}

// assetsOf returns the assets of nodes of an origin.
func (a *apply) assetsOf(origin catalog.Origin, ids []string) map[catalog.AssetID]bool {
	assets := make(map[catalog.AssetID]bool, len(ids))
	for _, id := range ids {
		if at, ok := a.at[Node{origin, id}]; ok {
			assets[at.asset] = true
		}
	}
	return assets
}

// suspects asks the guard about some of the missing nodes.
func (p *identification) suspects(a *absence, missing []string) bool {
	o := a.observation
	if !o.Guard || o.Project == 0 || o.Coverage != Complete {
		return false
	}
	return catalog.SuspectRemovals(len(p.tables(o, a.present)), len(p.tables(o, missing)), a.claimed)
}

// tables returns the nodes of an observation that are tables.
func (p *identification) tables(o *Observation, ids []string) (tables []string) {
	for _, id := range ids {
		n := Node{o.Origin, id}
		kind := p.at[n].kind
		if f, ok := p.nodes.asserted(n); ok {
			kind = p.nodes.assets[f.Asset].Kind
		}
		if kind.IsTable() {
			tables = append(tables, id)
		}
	}
	return tables
}

// nameOf is the name of a node, stored or claimed.
func (p *identification) nameOf(o *Observation, id string) string {
	if name := p.nodes.claim(Node{o.Origin, id}).Name; name != "" {
		return name
	}
	for i := range o.Claims {
		if o.Claims[i].ID == id {
			return o.Claims[i].Name
		}
	}
	return id
}

// listPending lists the pending removals: each asset that they would remove, once.
func (p *identification) listPending(a *absence) {
	o := a.observation
	if o.Project == 0 || o.Restored {
		return
	}
	cause, at := o.Cause, o.At
	if o.Late {
		cause, at = a.cause, a.at
	}
	h := p.held[o.Project]
	h.assets, h.stale = p.assetsOf(o.Origin, h.memo.served()), p.assetsOf(o.Origin, h.memo.Stale)
	list, tables := []store.PendingRemoval{}, 0
	listed := map[catalog.AssetID]bool{}
	for _, id := range h.memo.Nodes {
		found := p.at[Node{o.Origin, id}]
		if listed[found.asset] {
			continue // such as a table that is both a model and a source
		}
		listed[found.asset] = true
		if found.kind.IsTable() {
			tables++
		}
		list = append(list, store.PendingRemoval{
			Asset: found.asset, Name: p.nameOf(o, id), Kind: found.kind, UniqueID: id, Project: o.Project, Cause: cause, At: at, Since: p.Now(),
		})
	}
	p.withheld[o.Project] = list
	if o.Coverage != Complete {
		return
	}
	p.opts.Report.Count("removals_pending", int64(len(list)))
	if len(list) == 0 {
		return
	}
	present := map[catalog.AssetID]bool{}
	for _, id := range p.tables(o, a.present) {
		present[p.at[Node{o.Origin, id}].asset] = true
	}
	others := ""
	if n := len(list) - tables; n > 0 {
		others = fmt.Sprintf(", and %d other nodes,", n)
	}
	p.opts.Report.Issue(catalog.Issue{
		Code: "removals-pending", Severity: "warning", Place: string(o.Source),
		Message: fmt.Sprintf("%d of %d tables%s are missing from %s; everything else was applied, and their removal is pending confirmation",
			tables, tables+len(present), others, cmp.Or(o.Report, "the report")),
		Remedy: fmt.Sprintf("see GET /api/v1/schemas/%s/removals, then POST …/removals/confirm or …/removals/dismiss", p.schema.ID),
	})
}

// heldMemos are the memos that changed.
func (a *apply) heldMemos() ([]store.Memo, error) {
	var out []store.Memo
	for _, project := range slices.Sorted(maps.Keys(a.held)) {
		h := a.held[project]
		var b []byte
		if !h.memo.isEmpty() {
			var err error
			if b, err = json.Marshal(h.memo); err != nil {
				return nil, fmt.Errorf("removals of %s: %w", project, err)
			}
		}
		if !bytes.Equal(b, h.before) {
			out = append(out, store.Memo{Project: project, Name: heldMemoName, Value: b})
		}
	}
	return out, nil
}

// ConfirmRemovals applies the pending removals: what the last report of each
// project no longer has, with its edges and tests. It returns how many assets
// that removes.
func (r *Reviser) ConfirmRemovals(ctx context.Context, ws int64, schema catalog.SchemaID, opts Options) (int64, error) {
	opts, release, err := r.Hold(ctx, ws, schema, opts)
	if err != nil {
		return 0, err
	}
	defer release()
	waiting, err := r.waiting(ctx, ws, schema)
	if err != nil {
		return 0, err
	}
	if len(waiting) == 0 {
		return 0, r.Note(ctx, ws, schema, opts)
	}
	index, err := r.Store.Index(ctx, ws, schema)
	if err != nil {
		return 0, fmt.Errorf("index of %s: %w", schema, err)
	}
	var observations []Observation
	for _, w := range waiting {
		o, err := r.withheldPart(ctx, ws, schema, w, index)
		if err != nil {
			return 0, err
		}
		observations = append(observations, o)
	}
	result, err := r.Apply(ctx, ws, schema, opts, observations...)
	return result.Removed, err
}

// waitingProject is a project with pending removals.
type waitingProject struct {
	project catalog.ProjectID
	imp     int64     // that withheld them, the last one
	at      time.Time // of its report
	ids     []string  // that are listed
}

// waiting reads which projects have pending removals.
func (r *Reviser) waiting(ctx context.Context, ws int64, schema catalog.SchemaID) ([]waitingProject, error) {
	by := map[catalog.ProjectID]*waitingProject{}
	for after := ""; ; {
		page, err := r.Store.PendingRemovals(ctx, ws, schema, store.Page{Limit: 1000, After: after})
		if err != nil {
			return nil, err
		}
		for _, removal := range page.Rows {
			w := by[removal.Project]
			if w == nil {
				w = &waitingProject{project: removal.Project}
				by[removal.Project] = w
			}
			if w.imp < removal.Cause.ID {
				w.imp, w.at = removal.Cause.ID, removal.At
			}
			w.ids = append(w.ids, removal.UniqueID)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	out := make([]waitingProject, 0, len(by))
	for _, id := range slices.Sorted(maps.Keys(by)) {
		out = append(out, *by[id])
	}
	return out, nil
}

// withheldPart is the part of a project's last report that was not applied.
func (r *Reviser) withheldPart(ctx context.Context, ws int64, schema catalog.SchemaID, w waitingProject, index *store.Index) (Observation, error) {
	project, err := r.Store.Project(ctx, ws, w.project)
	if err != nil {
		return Observation{}, fmt.Errorf("project %s: %w", w.project, err)
	}
	nodes := nodesOf(index, project.Origin())
	memo, err := r.pendingMemo(ctx, ws, schema, w, nodes)
	if err != nil {
		return Observation{}, err
	}
	o := Observation{
		Origin: project.Origin(), Project: project.ID, Source: nodes.sourceOf(memo.Nodes), At: w.at,
		Cause:    catalog.Cause{Kind: catalog.CauseRemoval, ID: w.imp},
		Coverage: Partial, Withdrawn: memo.Nodes, Confirmed: true,
	}
	if o.Links, err = r.readLinksOf(ctx, ws, schema, project.ID); err != nil {
		return o, err
	}
	return o, r.withheldTests(ctx, ws, schema, memo, &o)
}

// withheldTests states the tests of a project without the withheld ones and
// those that a person kept: the latter stay because the memo has them.
func (r *Reviser) withheldTests(ctx context.Context, ws int64, schema catalog.SchemaID, memo heldMemo, o *Observation) error {
	if len(memo.Tests) == 0 {
		return nil
	}
	tests, err := r.Store.TestsOf(ctx, ws, schema, 0, o.Project, false)
	if err != nil {
		return fmt.Errorf("tests of %s: %w", o.Project, err)
	}
	unreported := make(map[string]bool, len(memo.Tests)+len(memo.KeptTests))
	for _, id := range slices.Concat(memo.Tests, memo.KeptTests) {
		unreported[id] = true
	}
	o.Tests = []TestClaim{}
	for _, t := range tests {
		if !unreported[t.UniqueID] {
			o.Tests = append(o.Tests, TestClaim{ID: t.UniqueID, Same: true})
		}
	}
	return nil
}

// DismissRemovals discards the pending removals: what the last reports no
// longer have stays, and does not become pending again until a report has had
// it.
func (r *Reviser) DismissRemovals(ctx context.Context, ws int64, schema catalog.SchemaID, opts Options) error {
	opts, release, err := r.Hold(ctx, ws, schema, opts)
	if err != nil {
		return err
	}
	defer release()
	waiting, err := r.waiting(ctx, ws, schema)
	if err != nil {
		return err
	}
	if len(waiting) == 0 {
		return r.Note(ctx, ws, schema, opts)
	}
	index, err := r.Store.Index(ctx, ws, schema)
	if err != nil {
		return fmt.Errorf("index of %s: %w", schema, err)
	}
	flip := store.Flip{Pending: map[catalog.ProjectID][]store.PendingRemoval{}}
	for _, w := range waiting {
		project, err := r.Store.Project(ctx, ws, w.project)
		if err != nil {
			return fmt.Errorf("project %s: %w", w.project, err)
		}
		memo, err := r.pendingMemo(ctx, ws, schema, w, nodesOf(index, project.Origin()))
		if err != nil {
			return err
		}
		kept := heldMemo{
			KeptNodes: distinct(memo.KeptNodes, memo.Nodes), KeptTests: distinct(memo.KeptTests, memo.Tests), Stale: memo.Stale, Keeps: memo.Keeps,
		}
		b, err := json.Marshal(kept)
		if err != nil {
			return fmt.Errorf("removals of %s: %w", w.project, err)
		}
		flip.Memos = append(flip.Memos, store.Memo{Project: w.project, Name: heldMemoName, Value: b})
		flip.Pending[w.project] = nil
	}
	opts.Finish = func(*Result) (store.Flip, error) { return flip, nil }
	return r.Note(ctx, ws, schema, opts)
}

func distinct(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
