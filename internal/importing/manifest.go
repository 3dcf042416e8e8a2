package importing

import (
	"context"
	"fmt"
	"runtime"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/revision"
)

// manifestIndex is what the first pass over a manifest finds: what is in it and
// what changed, but not the content of the nodes.
type manifestIndex struct {
	artifact *artifact
	head     dbt.Head
	first    bool // there were no nodes before
	same     bool // nothing but volatile fields differs from what was applied
	late     bool // older than the newest manifest that was applied
	// sameTests: the tests are those that were applied.
	sameTests bool
	// sameParents: there is a parent map, and it is the one that was applied.
	sameParents bool
	claims      []revision.Claim
	facets      []entry     // by claim
	built       []builtNode // new and changed models, seeds and snapshots
	tests       []revision.TestClaim
	entries     []entry             // by test
	parents     revision.Links      // of parent_map
	depends     map[string][]string // depends_on of new and changed nodes
	groups      dbt.Groups
	columns     nodeColumns
	regrouped   bool // a group is new or changed: its members may have other owners
	disabled    int
	changed     int64
	print       *fingerprint
}

// manifestSink takes what the reader finds.
type manifestSink struct {
	*manifestIndex
	job     *job
	last    *fingerprint
	convert converter
	read    int64
}

func (j *job) readManifest(ctx context.Context, part catalog.Part, c *contents) error {
	a, err := j.artifact(ctx, part)
	if err != nil {
		return err
	}
	c.artifacts = append(c.artifacts, a)
	head, err := a.sniff(ctx, j.Limits(partManifest))
	if err != nil {
		return j.whyUnread(ctx, part, err)
	}
	if err := j.recognize(ctx, head, part); err != nil {
		return err
	}
	if skip, err := j.checkReverted(ctx, part); err != nil || skip {
		c.ignore(partManifest)
		return err
	}
	print, memo, err := j.lastManifest(ctx)
	if err != nil {
		return err
	}
	m, err := j.indexManifest(ctx, a, head, print, c.columns)
	if err == nil && (m.regrouped || len(m.parents) == 0) && m.anySame() && !m.print.same(print) {
		// Without a parent map the edges come from the nodes, and the owner of a group is
		// that of its members: all nodes are needed.
		m, err = j.indexManifest(ctx, a, head, nil, c.columns)
	}
	if err != nil {
		return j.whyUnread(ctx, part, err)
	}
	if j.project.ID == 0 {
		// The head does not name the project: it is read off the nodes.
		if err := j.identify(ctx, m.head); err != nil {
			return err
		}
		if print, memo, err = j.lastManifest(ctx); err != nil {
			return err
		}
	}
	m.same, m.first, m.sameTests = m.print.same(print), print == nil, m.print.sameTests(print)
	if m.same && !j.claim.Import.NoStaling {
		// What the manifest before kept goes with this one.
		keeps, err := j.Reviser.Keeps(ctx, j.claim.WS, j.schema.ID, j.project.ID)
		if err != nil {
			return err
		}
		m.same = !keeps
	}
	m.sameParents = len(m.parents) > 0 && m.print.sameParents(print)
	m.late = j.isLate(m.head, part, catalog.FromManifest)
	j.checkClock(m.head, partManifest)
	if m.first && !m.late {
		if c.newName, err = j.checkRenamed(ctx, part, m); err != nil {
			return err
		}
		c.elsewhere = c.newName != nil
	}
	if !c.elsewhere {
		if c.elsewhere, err = j.checkTarget(ctx, part, m, memo); err != nil {
			return err
		}
	}
	if c.elsewhere {
		c.ignore(partManifest)
		c.ignore(partCatalog)
		return nil
	}
	c.manifest = m
	return nil
}

// lastManifest returns the fingerprint of the manifest that was applied last, and what is
// kept of the target. Until the target's nodes are kept, a manifest is read as a whole.
func (j *job) lastManifest(ctx context.Context) (*fingerprint, targetMemo, error) {
	if j.project.ID == 0 {
		return nil, targetMemo{}, nil
	}
	memo, err := j.targetMemo(ctx, j.claim.WS, j.schema.ID, j.project.ID)
	if err != nil || !memo.Placed {
		return nil, memo, err
	}
	print, err := j.fingerprint(ctx, catalog.FromManifest)
	return print, memo, err
}

// anySame reports whether a node was not indexed because it did not change.
func (m *manifestIndex) anySame() bool { return m.changed < int64(len(m.print.nodes)) }

// sniff reads an artifact only as far as its head.
func (a *artifact) sniff(ctx context.Context, limits dbt.Limits) (dbt.Head, error) {
	r, err := a.open(ctx)
	if err != nil {
		return dbt.Head{}, err
	}
	defer func() { _ = r.Close() }() // only read
	return dbt.Sniff(ctx, r, limits)
}

// isLate reports whether an artifact was made before the newest one of its kind
// that was applied.
func (j *job) isLate(h dbt.Head, part catalog.Part, source catalog.Source) bool {
	newest := j.project.Newest(source)
	if j.claim.Import.Force || newest.IsZero() || j.stampOf(h, part).Compare(newest) >= 0 {
		return false
	}
	j.rep.Issue(catalog.Issue{
		Code: "older-artifact", Severity: "info", Place: part.Name,
		Message: fmt.Sprintf("the %s was generated at %s, before the newest one (%s); it only fills what no newer one has",
			part.Name, stamp(h.GeneratedAt), stamp(newest.At)),
		Remedy: "resend with force=true to let it replace the newer one",
	})
	return true
}

// checkClock reports an artifact from the future.
func (j *job) checkClock(h dbt.Head, part string) {
	if h.GeneratedAt.After(j.claim.Import.CreatedAt.Add(aheadOfClock)) {
		j.rep.Issue(catalog.Issue{
			Code: "generated-at-ahead", Severity: "warning", Place: part,
			Message: "the artifact says it was generated at " + stamp(h.GeneratedAt) + ", in the future; the time of receipt was used",
			Remedy:  "check the clock of the machine that runs dbt",
		})
	}
}

// indexManifest is the first pass.
func (j *job) indexManifest(ctx context.Context, a *artifact, head dbt.Head, last *fingerprint, columns nodeColumns) (*manifestIndex, error) {
	r, err := a.openAhead(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // only read
	tests := last.tests()            // most manifests are about as large as the last one
	nodes := last.len() - tests
	m := &manifestIndex{
		artifact: a, parents: make(revision.Links, last.len()), depends: map[string][]string{}, print: newFingerprint(last.len()),
		claims: make([]revision.Claim, 0, nodes), facets: make([]entry, 0, nodes),
		tests: make([]revision.TestClaim, 0, tests), entries: make([]entry, 0, tests), columns: columns,
	}
	sink := &manifestSink{manifestIndex: m, job: j, last: last, convert: converterOf(head, &m.groups)}
	opt := dbt.ManifestOptions{Limits: j.Limits(partManifest), Index: true, Texts: true}
	if last != nil {
		opt.IsUnchanged = func(uniqueID string, h dbt.Hash) bool {
			return !isGroup(uniqueID) && last.has(uniqueID, columns.hash(uniqueID, h))
		}
	}
	var issues []dbt.Issue
	if m.head, issues, err = dbt.ReadManifest(ctx, r, opt, sink); err != nil {
		return nil, err
	}
	j.rep.Count("nodes_read", sink.read)
	j.rep.Count("nodes_changed", m.changed)
	j.rep.Count("disabled", int64(m.disabled))
	j.issues(partManifest, issues)
	return m, nil
}

// Node takes a node that is new or changed.
func (s *manifestSink) Node(n *dbt.Node) error {
	s.progress()
	if n.Disabled {
		s.disabled++
		return nil
	}
	if n.ResourceType == "group" {
		if s.groups.Add(n); s.last.has(n.UniqueID, n.Hash) {
			s.read-- // counted once
			return s.Unchanged(n.Section, n.UniqueID, n.Hash)
		}
		s.regrouped = true
	}
	at := entry{section: n.Section, id: n.UniqueID, hash: n.Hash, Range: n.Range}
	if n.ResourceType == "test" {
		s.note(n)
		s.tests, s.entries = append(s.tests, revision.TestClaim{ID: n.UniqueID}), append(s.entries, at)
		return nil
	}
	kind, ok := kindOf(n)
	if !ok {
		return nil
	}
	s.note(n)
	if isBuilt(n.UniqueID) {
		s.built = append(s.built, s.convert.built(n, len(s.claims), kind))
	}
	s.claims, s.facets = append(s.claims, s.convert.claim(n, kind)), append(s.facets, at)
	s.depends[n.UniqueID] = n.DependsOn
	return nil
}

func (s *manifestSink) note(n *dbt.Node) {
	s.print.nodes[n.UniqueID] = s.columns.hash(n.UniqueID, n.Hash)
	s.changed++
	s.job.readBase()
}

// Unchanged takes a node that is the same as when it was last applied.
func (s *manifestSink) Unchanged(_, uniqueID string, h dbt.Hash) error {
	s.progress()
	s.print.nodes[uniqueID] = s.columns.hash(uniqueID, h)
	if isTest(uniqueID) {
		s.tests, s.entries = append(s.tests, revision.TestClaim{ID: uniqueID, Same: true}), append(s.entries, entry{})
		return nil
	}
	s.claims, s.facets = append(s.claims, revision.Claim{ID: uniqueID, Same: true}), append(s.facets, entry{})
	return nil
}

// isGroup reports whether an id is that of a group. Groups are always read, for the
// owners of their members.
func isGroup(uniqueID string) bool { return strings.HasPrefix(uniqueID, "group.") }

// isTest reports whether an id is that of a data test.
func isTest(uniqueID string) bool { return strings.HasPrefix(uniqueID, "test.") }

// Parents takes one entry of the parent map.
func (s *manifestSink) Parents(child string, parents []string) error {
	s.parents[child] = parents
	s.print.addParents(child, parents)
	return nil
}

func (s *manifestSink) progress() {
	runtime.Gosched() // yield to requests
	if s.read++; s.read%1000 == 0 {
		s.job.rep.Progress(s.read, 0)
	}
}

// observation is the manifest as revision takes it.
func (m *manifestIndex) observation(j *job) revision.Observation {
	reader := &manifestReader{
		convert: converterOf(m.head, &m.groups).with(m.columns), facets: m.facets, tests: m.entries,
		nodes: newSecondPass(m.artifact, func(list []dbt.Issue) { j.issues(partManifest, list) },
			func() *dbt.NodeDecoder { return dbt.NewNodeDecoder(j.Limits(partManifest), true) }),
	}
	o := j.observed(m.head, m.artifact.part)
	o.Source, o.Coverage, o.Guard, o.Late = catalog.FromManifest, revision.Complete, true, m.late
	o.Report = "the manifest"
	o.Claims, o.Facets, o.Tests, o.TestReader, o.TestsSame = m.claims, reader, m.tests, reader, m.sameTests
	o.Forced, o.Keeps, o.Retrace = j.claim.Import.Force, j.claim.Import.NoStaling, m.first
	if o.Links, o.LinksSame = m.parents, m.sameParents; len(m.parents) == 0 {
		o.Links = m.depends
	} else {
		j.compareParents(m)
	}
	// Apply drops them as soon as it can.
	m.claims, m.facets, m.built, m.tests, m.entries, m.parents, m.depends, m.columns = nil, nil, nil, nil, nil, nil, nil, nil
	return o
}

// compareParents reports nodes whose depends_on differs from the parent map.
func (j *job) compareParents(m *manifestIndex) {
	for id, depends := range m.depends {
		parents, ok := m.parents[id]
		if !ok || sameSet(parents, depends) {
			continue
		}
		j.rep.Issue(catalog.Issue{
			Code: "parent-map-differs", Severity: "warning", Place: partManifest, UniqueID: id,
			Message: "parent_map and depends_on name different parents; parent_map was used",
		})
	}
}

func sameSet(a, b []string) bool {
	in := make(map[string]bool, len(a))
	for _, s := range a {
		in[s] = true
	}
	seen := make(map[string]bool, len(b))
	for _, s := range b {
		if !in[s] {
			return false
		}
		seen[s] = true
	}
	return len(seen) == len(in)
}
