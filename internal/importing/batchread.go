package importing

import (
	"context"
	"runtime"
	"slices"

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

// batchReader decodes what changed in an artifact, a batch at a time.
type batchReader[T any] struct {
	artifact *artifact
	decoder  func() decode[T]
	issues   func([]dbt.Issue)
}

// decode decodes the value of one entry.
type decode[T any] func(section, id string, h dbt.Hash, raw []byte) (T, []dbt.Issue, error)

// decoded is a value with its issues.
type decoded[T any] struct {
	value  T
	issues []dbt.Issue
}

// read decodes some entries with as many decoders as there are processors, and
// hands them to take in their order.
func (b *batchReader[T]) read(ctx context.Context, entries []entry, take func(i int, v T) error) error {
	out := make([]decoded[T], len(entries))
	order := make([]int, len(entries)) // by place in the file
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(x, y int) int { return int(entries[x].Offset - entries[y].Offset) })
	workers := min(runtime.GOMAXPROCS(0), 2, 1+len(entries)/16)
	group, within := errgroup.WithContext(ctx)
	for k := range workers {
		group.Go(func() error {
			decode := b.decoder()
			var buf []byte
			for n := k; n < len(order); n += workers {
				i := order[n]
				raw, err := b.artifact.read(entries[i].Range, buf)
				if err != nil {
					return err
				}
				buf = raw
				if out[i].value, out[i].issues, err = decode(entries[i].section, entries[i].id, entries[i].hash, raw); err != nil {
					return err
				}
				runtime.Gosched() // yield to requests
			}
			return within.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return inPart(b.artifact.part.Name, err)
	}
	for i, d := range out {
		b.issues(d.issues)
		if err := take(i, d.value); err != nil {
			return err
		}
	}
	return nil
}

// manifestReader is the second pass over a manifest.
type manifestReader struct {
	nodes   batchReader[*dbt.Node]
	convert converter
	facets  []entry // by claim; those of claims that are the same are empty
	tests   []entry // by test
}

// ReadFacets implements revision.FacetReader.
func (m *manifestReader) ReadFacets(ctx context.Context, claims []int) ([]catalog.Facet, revision.Texts, error) {
	out, texts := make([]catalog.Facet, len(claims)), revision.Texts{}
	err := m.nodes.read(ctx, pick(m.facets, claims), func(i int, n *dbt.Node) error {
		kind, _ := kindOf(n)
		body, err := m.convert.body(n, kind, texts)
		out[i].Body = body
		return err
	})
	return out, texts, err
}

// ReadTests implements revision.TestReader.
func (m *manifestReader) ReadTests(ctx context.Context, tests []int) ([]catalog.Test, revision.Texts, error) {
	out, texts := make([]catalog.Test, len(tests)), revision.Texts{}
	err := m.nodes.read(ctx, pick(m.tests, tests), func(i int, n *dbt.Node) (err error) {
		out[i], err = m.convert.test(n, texts)
		return err
	})
	return out, texts, err
}

// catalogReader is the second pass over a catalog.
type catalogReader struct {
	tables  batchReader[*dbt.CatalogTable]
	adapter string
	entries []entry // by claim
}

// ReadFacets implements revision.FacetReader.
func (c *catalogReader) ReadFacets(ctx context.Context, claims []int) ([]catalog.Facet, revision.Texts, error) {
	out := make([]catalog.Facet, len(claims))
	err := c.tables.read(ctx, pick(c.entries, claims), func(i int, t *dbt.CatalogTable) error {
		out[i].Body = catalogBody(c.adapter, t)
		return nil
	})
	return out, nil, err
}

func pick(entries []entry, which []int) []entry {
	out := make([]entry, len(which))
	for i, n := range which {
		out[i] = entries[n]
	}
	return out
}
