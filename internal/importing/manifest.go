package importing

import (
	"cmp"
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
)

// manifestSaid is what one manifest says.
type manifestSaid struct {
	head      dbt.Head
	anew      bool            // no node was known before
	same      bool            // nothing but volatile fields differs from what was applied
	facets    []catalog.Facet // of nodes that are new or changed
	tests     []catalog.Test  // likewise
	unchanged []string        // unique ids of all the others
	disabled  int
	links     links               // of parent_map
	depends   map[string][]string // depends_on of the nodes in facets
	print     *fingerprint
}

// textBatch is how many bytes of SQL are gathered before they are written.
const textBatch = 4 << 20

// manifestSink takes what the reader finds.
type manifestSink struct {
	*manifestSaid
	job *job
	// changed is told of every node that is not as it was.
	changed func()
	ctx     context.Context //nolint:containedctx // the reader's callbacks carry none; it lives as long as one call
	speak   speaker
	texts   map[catalog.Hash]string
	bytes   int
	read    int64
	// writing holds the batch of texts that is written while the next is read.
	writing *errgroup.Group
}

func (j *job) readManifest(ctx context.Context, part catalog.Part, s *said) error {
	head, err := j.sniff(ctx, part)
	if err != nil {
		return inPart(partManifest, err)
	}
	if err := j.recognize(ctx, head); err != nil {
		return err
	}
	if s.superseded = j.project.ID != 0 && j.older(head); s.superseded {
		return nil
	}
	print, err := j.fingerprint(ctx, catalog.FromManifest)
	if err != nil {
		return err
	}
	m, err := j.walkManifest(ctx, part, head, print)
	if err == nil && len(m.links) == 0 && len(m.unchanged) > 0 && !m.print.same(print) {
		// Without a parent map the edges come from the nodes, so all are needed.
		m, err = j.walkManifest(ctx, part, head, nil)
	}
	if err != nil {
		return inPart(partManifest, err)
	}
	if j.project.ID == 0 {
		if err := j.lateProject(ctx, m, s); err != nil || s.superseded {
			return err
		}
		if print, err = j.fingerprint(ctx, catalog.FromManifest); err != nil {
			return err
		}
	}
	m.same, m.anew = m.print.same(print), print == nil
	j.checkClock(m.head, partManifest)
	s.manifest = m
	return nil
}

// lateProject identifies the project of a manifest whose head does not name
// it: it is read off the nodes.
func (j *job) lateProject(ctx context.Context, m *manifestSaid, s *said) error {
	if err := j.identify(ctx, m.head); err != nil {
		return err
	}
	s.superseded = j.older(m.head)
	for i := range m.facets {
		m.facets[i].Project, m.facets[i].Origin = j.project.ID, j.project.Origin()
	}
	for i := range m.tests {
		m.tests[i].Project = j.project.ID
	}
	return nil
}

// sniff reads a part only as far as its head.
func (j *job) sniff(ctx context.Context, part catalog.Part) (dbt.Head, error) {
	r, err := j.blob(ctx, part)
	if err != nil {
		return dbt.Head{}, err
	}
	defer func() { _ = r.Close() }() // only read
	return dbt.Sniff(ctx, r, j.Limits(partManifest))
}

// older tells an artifact that was made before the one that is served.
func (j *job) older(h dbt.Head) bool {
	if j.claim.Import.Force || h.GeneratedAt.IsZero() || !h.GeneratedAt.Before(j.project.ManifestGeneratedAt) {
		return false
	}
	j.rep.issue(catalog.Issue{
		Code: "superseded", Severity: "warning", Place: partManifest,
		Message: fmt.Sprintf("the manifest was generated at %s, before the one that is served (%s); only its run results were kept", stamp(h.GeneratedAt), stamp(j.project.ManifestGeneratedAt)),
		Remedy:  "send it with force=true if it shall be served all the same",
	})
	return true
}

// checkClock tells of an artifact from the future.
func (j *job) checkClock(h dbt.Head, part string) {
	if h.GeneratedAt.After(j.claim.Import.CreatedAt.Add(aheadOfClock)) {
		j.rep.issue(catalog.Issue{
			Code: "generated-at-ahead", Severity: "warning", Place: part,
			Message: "the artifact says it was generated at " + stamp(h.GeneratedAt) + ", in the future; the time of receipt was taken",
			Remedy:  "check the clock of the machine that runs dbt",
		})
	}
}

func (j *job) walkManifest(ctx context.Context, part catalog.Part, head dbt.Head, known *fingerprint) (*manifestSaid, error) {
	r, err := j.blob(ctx, part)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // only read
	m := &manifestSaid{links: make(links, known.len()), depends: map[string][]string{}, print: newFingerprint(known.len())}
	changed := func() {
		if j.project.ID != 0 {
			j.readStanding(ctx)
		}
	}
	writing, within := errgroup.WithContext(ctx)
	writing.SetLimit(1)
	sink := &manifestSink{manifestSaid: m, job: j, ctx: within, changed: changed, texts: map[catalog.Hash]string{}, writing: writing}
	sink.speak = speaker{project: j.project, adapter: head.AdapterType, report: j.reportOf(head), keep: sink.keep}
	opt := dbt.ManifestOptions{Limits: j.Limits(partManifest)}
	if known != nil {
		opt.Known = known.knows
	}
	var issues []dbt.Issue
	m.head, issues, err = dbt.ReadManifest(within, r, opt, sink)
	if err == nil {
		err = sink.flush()
	}
	// A write that failed is why the reading ended.
	if err := cmp.Or(writing.Wait(), err); err != nil {
		return nil, err
	}
	sink.count()
	j.issues(partManifest, issues)
	return m, nil
}

// Node takes a node that is new or changed.
func (s *manifestSink) Node(n *dbt.Node) error {
	s.progress()
	s.changed()
	if n.Disabled {
		s.disabled++
		return nil
	}
	if n.ResourceType == "test" {
		s.print.nodes[n.UniqueID] = n.Hash
		t, err := s.speak.test(n)
		if err != nil {
			return err
		}
		s.tests = append(s.tests, t)
		return nil
	}
	kind, ok := kindOf(n)
	if !ok {
		return nil
	}
	s.print.nodes[n.UniqueID] = n.Hash
	f, err := s.speak.facet(n, kind)
	if err != nil {
		return err
	}
	s.facets = append(s.facets, f)
	s.depends[n.UniqueID] = n.DependsOn
	return nil
}

// Unchanged takes a node that is as it was when it was last applied.
func (s *manifestSink) Unchanged(section, uniqueID string, h dbt.Hash) error {
	s.progress()
	if section == "macros" {
		return nil
	}
	s.print.nodes[uniqueID] = h
	s.unchanged = append(s.unchanged, uniqueID)
	return nil
}

// Parents takes one entry of the parent map.
func (s *manifestSink) Parents(child string, parents []string) error {
	s.links[child] = parents
	s.print.link(child, parents)
	return nil
}

// Doc is not needed: descriptions come with the docs blocks filled in.
func (s *manifestSink) Doc(*dbt.Doc) error { return nil }

func (s *manifestSink) progress() {
	runtime.Gosched() // requests go first
	if s.read++; s.read%1000 == 0 {
		s.job.rep.progress(s.read, 0)
	}
}

// keep stores a text by its hash, in batches.
func (s *manifestSink) keep(text string) (catalog.Hash, error) {
	h := catalog.HashOfText(text)
	if h.IsZero() {
		return h, nil
	}
	if _, ok := s.texts[h]; ok {
		return h, nil
	}
	s.texts[h] = text
	if s.bytes += len(text); s.bytes >= textBatch {
		return h, s.flush()
	}
	return h, nil
}

func (s *manifestSink) flush() error {
	if len(s.texts) == 0 {
		return nil
	}
	texts := s.texts
	s.texts, s.bytes = map[catalog.Hash]string{}, 0
	s.writing.Go(func() error {
		if err := s.job.Store.PutTexts(s.ctx, s.job.claim.WS, texts); err != nil {
			return fmt.Errorf("%d texts: %w", len(texts), err)
		}
		return nil
	})
	return nil
}

func (s *manifestSink) count() {
	rep := s.job.rep
	rep.count("nodes_read", s.read)
	rep.count("nodes_changed", int64(len(s.facets)+len(s.tests)))
	rep.count("disabled", int64(s.disabled))
}
