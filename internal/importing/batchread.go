package importing

import (
	"context"
	"maps"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/revision"
)

// entry is where a node or table that changed is in its artifact.
type entry struct {
	section string
	id      string
	hash    dbt.Hash
	dbt.Range
}

// secondPass reads the values of entries, a batch at a time.
type secondPass[D any] struct {
	artifact *artifact
	issues   func([]dbt.Issue)
	decoders sync.Pool // of D
}

func newSecondPass[D any](a *artifact, issues func([]dbt.Issue), decoder func() D) secondPass[D] {
	return secondPass[D]{artifact: a, issues: issues, decoders: sync.Pool{New: func() any { return decoder() }}}
}

// decode decodes the value of one entry into out, with the texts that it names.
type decode[D, T any] func(d D, e *entry, raw []byte, out *T, texts revision.Texts) ([]dbt.Issue, error)

// readBatch decodes some entries with as many decoders as there are processors, and
// returns the values in their order.
func readBatch[D, T any](ctx context.Context, p *secondPass[D], entries []entry, decode decode[D, T]) ([]T, revision.Texts, error) {
	out, texts := make([]T, len(entries)), revision.Texts{}
	issues := make([][]dbt.Issue, len(entries))
	order := make([]int, len(entries)) // by place in the file
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(x, y int) int { return int(entries[x].Offset - entries[y].Offset) })
	workers := min(runtime.GOMAXPROCS(0), 2, 1+len(entries)/16)
	group, within := errgroup.WithContext(ctx)
	var merging sync.Mutex
	for k := range workers {
		group.Go(func() error {
			decoder, own := p.decoders.Get().(D), revision.Texts{}
			defer p.decoders.Put(decoder)
			var buf []byte
			for n := k; n < len(order); n += workers {
				i := order[n]
				raw, err := p.artifact.read(entries[i].Range, buf)
				if err != nil {
					return err
				}
				buf = raw
				if issues[i], err = decode(decoder, &entries[i], raw, &out[i], own); err != nil {
					return err
				}
				runtime.Gosched() // yield to requests
			}
			merging.Lock()
			defer merging.Unlock()
			maps.Copy(texts, own)
			return within.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, inPart(p.artifact.part.Name, err)
	}
	for _, list := range issues {
		p.issues(list)
	}
	return out, texts, nil
}

// manifestReader is the second pass over a manifest.
type manifestReader struct {
	nodes   secondPass[*dbt.NodeDecoder]
	convert converter
	facets  []entry // by claim; those of claims that are the same are empty
	tests   []entry // by test
}

// ReadFacets implements revision.FacetReader.
func (m *manifestReader) ReadFacets(ctx context.Context, claims []int) ([]catalog.Facet, revision.Texts, error) {
	return readBatch(ctx, &m.nodes, pick(m.facets, claims), m.facet)
}

// FacetSize implements revision.FacetReader.
func (m *manifestReader) FacetSize(claim int) int64 { return m.facets[claim].Length }

// TestSize implements revision.TestReader.
func (m *manifestReader) TestSize(test int) int64 { return m.tests[test].Length }

func (m *manifestReader) facet(d *dbt.NodeDecoder, e *entry, raw []byte, out *catalog.Facet, texts revision.Texts) ([]dbt.Issue, error) {
	n, issues, err := d.Decode(e.section, e.id, e.hash, e.Range, raw)
	if err != nil {
		return nil, err
	}
	kind, _ := kindOf(n)
	out.Body, err = m.convert.body(n, kind, texts)
	return issues, err
}

// ReadTests implements revision.TestReader.
func (m *manifestReader) ReadTests(ctx context.Context, tests []int) ([]catalog.Test, revision.Texts, error) {
	return readBatch(ctx, &m.nodes, pick(m.tests, tests), m.test)
}

func (m *manifestReader) test(d *dbt.NodeDecoder, e *entry, raw []byte, out *catalog.Test, texts revision.Texts) ([]dbt.Issue, error) {
	n, issues, err := d.Decode(e.section, e.id, e.hash, e.Range, raw)
	if err != nil {
		return nil, err
	}
	*out, err = m.convert.test(n, texts)
	return issues, err
}

// catalogReader is the second pass over a catalog.
type catalogReader struct {
	tables  secondPass[*dbt.TableDecoder]
	adapter string
	entries []entry // by claim
}

// ReadFacets implements revision.FacetReader.
func (c *catalogReader) ReadFacets(ctx context.Context, claims []int) ([]catalog.Facet, revision.Texts, error) {
	return readBatch(ctx, &c.tables, pick(c.entries, claims), c.facet)
}

// FacetSize implements revision.FacetReader.
func (c *catalogReader) FacetSize(claim int) int64 { return c.entries[claim].Length }

func (c *catalogReader) facet(d *dbt.TableDecoder, e *entry, raw []byte, out *catalog.Facet, _ revision.Texts) ([]dbt.Issue, error) {
	t, issues, err := d.Decode(e.section, e.id, e.hash, e.Range, raw)
	if err != nil {
		return nil, err
	}
	out.Body = catalogBody(c.adapter, t)
	return issues, nil
}

func pick(entries []entry, which []int) []entry {
	out := make([]entry, len(which))
	for i, n := range which {
		out[i] = entries[n]
	}
	return out
}
