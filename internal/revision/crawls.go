package revision

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// A crawl that finds a table unchanged writes no row for it: the facet's time is then that of the last crawl of its
// physical schema, which is remembered by origin. It decides between the column lists of several origins.

// crawlMemoName leads the name under which the crawls of an origin are remembered.
const crawlMemoName = "revision/crawl/1/"

// Crawled is the last crawl of a physical schema by an origin.
type Crawled struct {
	Scope
	Last catalog.Stamp
}

// Crawled returns the last crawl of each physical schema that an origin has observed and that was not gone then.
func (r *Reviser) Crawled(ctx context.Context, ws int64, schema catalog.SchemaID, origin catalog.Origin) ([]Crawled, error) {
	c, err := r.readCrawls(ctx, ws, schema, origin)
	if err != nil {
		return nil, err
	}
	return c.schemas, nil
}

// crawls are the last crawls of an origin before this apply.
type crawls struct {
	schemas []Crawled
	last    map[string]catalog.Stamp // by place
	before  []byte                   // the memo
}

func (r *Reviser) readCrawls(ctx context.Context, ws int64, schema catalog.SchemaID, origin catalog.Origin) (*crawls, error) {
	b, err := r.Store.Fingerprint(ctx, ws, schema, 0, crawlMemoName+string(origin))
	if err != nil {
		return nil, fmt.Errorf("crawls of %s: %w", origin, err)
	}
	c := &crawls{before: b, last: map[string]catalog.Stamp{}}
	if b != nil {
		if err := json.Unmarshal(b, &c.schemas); err != nil {
			return nil, fmt.Errorf("crawls of %s: %w", origin, err)
		}
	}
	for _, s := range c.schemas {
		c.last[s.place()] = s.Last
	}
	return c, nil
}

// crawlsOf is readCrawls, once for each origin.
func (a *apply) crawlsOf(ctx context.Context, origin catalog.Origin) (*crawls, error) {
	if c := a.crawls[origin]; c != nil {
		return c, nil
	}
	c, err := a.readCrawls(ctx, a.ws, a.schema.ID, origin)
	if err == nil {
		a.crawls[origin] = c
	}
	return c, err
}

// restampCrawled sets the time of a facet of a crawl to that of the last crawl of its schema, which had it too.
func (a *apply) restampCrawled(ctx context.Context, f *catalog.Facet) error {
	if f.Source != catalog.FromCrawl || !f.Withdrawn.IsZero() {
		return nil
	}
	c, err := a.crawlsOf(ctx, f.Origin)
	if err != nil {
		return err
	}
	if last := c.last[catalog.PlaceOf(f.UniqueID)]; last.Compare(f.Stamp()) > 0 {
		f.At, f.Tie = last.At, last.Tie
	}
	return nil
}

// noteCrawl remembers when the schemas of a crawl were crawled, and merges the assets again whose columns a newer list
// of another origin has decided until now.
func (p *identification) noteCrawl(ctx context.Context, o *Observation) error {
	if o.Coverage != Scoped || o.Source != catalog.FromCrawl {
		return nil
	}
	c, err := p.crawlsOf(ctx, o.Origin)
	if err != nil {
		return err
	}
	value, err := json.Marshal(c.with(o))
	if err != nil {
		return fmt.Errorf("crawls of %s: %w", o.Origin, err)
	}
	if !bytes.Equal(value, c.before) {
		p.memos = append(p.memos, store.Memo{Name: crawlMemoName + string(o.Origin), Value: value})
	}
	listed, err := p.listedSince(ctx, o, c)
	if listed {
		p.touchContested(o)
	}
	return err
}

// listedSince reports whether another origin may have listed columns since an origin last crawled what it crawls now:
// until then its own lists were the newest, and they stay so.
func (p *identification) listedSince(ctx context.Context, o *Observation, c *crawls) (bool, error) {
	oldest := o.stamp()
	for _, s := range o.Scope {
		if last := c.last[s.place()]; last.Compare(oldest) < 0 {
			oldest = last
		}
	}
	seen := map[catalog.Origin]bool{o.Origin: true}
	for i := range p.nodes.index.Facets {
		f := &p.nodes.index.Facets[i]
		if !lists(f.Source) || seen[f.Origin] {
			continue
		}
		seen[f.Origin] = true
		newest, err := p.newestList(ctx, f)
		if err != nil || newest.Compare(oldest) > 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// newestList returns the time of the newest report of the origin and source of a facet.
func (p *identification) newestList(ctx context.Context, f *store.FacetRef) (newest catalog.Stamp, err error) {
	if f.Project != 0 {
		r, err := p.reports(ctx, f.Project)
		if err != nil {
			return newest, err
		}
		return r.project.Newest(f.Source), nil
	}
	c, err := p.crawlsOf(ctx, f.Origin)
	if err != nil {
		return newest, err
	}
	for _, last := range c.last {
		if last.Compare(newest) > 0 {
			newest = last
		}
	}
	return newest, nil
}

// with returns the last crawls after an observation.
func (c *crawls) with(o *Observation) []Crawled {
	next := slices.DeleteFunc(slices.Clone(c.schemas), func(s Crawled) bool {
		return slices.ContainsFunc(o.Scope, func(of Scope) bool { return of.place() == s.place() })
	})
	for _, s := range o.Scope {
		if !s.Gone {
			next = append(next, Crawled{s, o.stamp()})
		}
	}
	slices.SortFunc(next, func(a, b Crawled) int { return strings.Compare(a.place(), b.place()) })
	return next
}
