package readmodel

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// The state of a version is a set of parts, each immutable:
//
//	assets    cards of all assets, and the numbers that graphs use    (assets.go)
//	tables    the graph of tables, by those numbers                   (tablegraph.go)
//	tests     references of all tests                                 (tests.go)
//	columns   the graph of columns and how code was read              (columns.go)
//	configs   dbt's configuration, for selectors that ask for it      (configs.go)
//	tags      the tags of columns, for lists that are filtered by them (columntags.go)
//	contacts  e-mail addresses of owners, for lists by them            (contacts.go)
//	testNodes data tests as nodes, for selectors that need them       (testnodes.go)
//	search    the search index                                        (searchindex.go)
//	uses      what uses which macros and docs blocks                  (uses.go)
//	coverage  what of each table is documented, owned and tested      (tablecoverage.go)
//
// A part is loaded when somebody first asks for it. From then on the part of the
// next version is derived from it, the version's delta and the rows that the
// delta names, and shares with it what did not change.

// deriver is one kind of part.
type deriver struct {
	kind partKind
	// load reads the part of a version in full.
	load func(ctx context.Context, m *Model, s schemaKey, version int64) (sized, error)
	// next derives the part of a version from that of an older one; d joins the
	// deltas in between, and assets returns that version's assets. A nil part asks
	// for a load.
	next func(ctx context.Context, m *Model, s schemaKey, old sized, d catalog.VersionDelta, assets assetsOf) (sized, error)
}

// assetsOf returns the assets of the version that is derived.
type assetsOf func(context.Context) (*Assets, error)

// derivers returns the kinds in order; assets come first, the others are numbered
// by them.
func derivers() []deriver {
	return []deriver{
		{assetsPart, loadAssets, nextAssets},
		{tableGraphPart, loadTableGraph, nextTableGraph},
		{testsPart, loadTests, nextTests},
		{columnsPart, loadColumns, nextColumns},
		{configsPart, loadConfigs, nextConfigs},
		{columnTagsPart, loadColumnTags, nextColumnTags},
		{contactsPart, loadContacts, nextContacts},
		{testNodesPart, loadTestNodes, nextTestNodes},
		{searchPart, loadSearchIndex, nextSearchIndex},
		{usesPart, loadUses, nextUses},
		{tablesCoveragePart, loadTablesCoverage, nextTablesCoverage},
	}
}

// furthest is how many versions old a part may be to be derived from.
const furthest = 64

// part returns one part of a version's state.
func (m *Model) part(ctx context.Context, s schemaKey, kind partKind, version int64) (sized, error) {
	key := s.key(kind, version)
	part, err := m.cache.get(ctx, key, func(ctx context.Context) (sized, error) {
		part, err := m.derived(ctx, s, key)
		if err != nil {
			return nil, err
		}
		if part != nil {
			return part, nil
		}
		return m.derivers[kind].load(ctx, m, s, version)
	})
	if err != nil {
		return nil, fmt.Errorf("state of %s at version %d: %w", s.schema, version, err)
	}
	return part, nil
}

// derived returns a part that Prepare made for this very save, or derives it from
// an older one; nil if neither can be.
func (m *Model) derived(ctx context.Context, s schemaKey, key partKey) (sized, error) {
	old, base := m.cache.newest(key, key.version-furthest)
	ready := m.prepared.of(key)
	if old == nil && ready == nil {
		return nil, nil //nolint:nilnil // nothing to derive from is not an error
	}
	if old == nil {
		base = key.version - 1
	}
	deltas, err := m.store.Deltas(ctx, s.ws, s.schema, base, key.version)
	if errors.Is(err, catalog.ErrNotFound) {
		return nil, nil //nolint:nilnil // versions of an older program
	}
	if err != nil {
		return nil, err
	}
	if ready != nil && ready.save == deltas[len(deltas)-1].Save {
		m.cache.demote(s.key(key.kind, key.version-1))
		m.prepared.drop(key)
		return ready.part, nil
	}
	if old == nil {
		return nil, nil //nolint:nilnil // prepared for a save that was given up
	}
	part, err := m.derivers[key.kind].next(ctx, m, s, old, joined(deltas), func(ctx context.Context) (*Assets, error) {
		return m.assets(ctx, s, key.version)
	})
	if part != nil {
		m.cache.demote(s.key(key.kind, base))
	}
	return part, err
}

// joined is the delta of several versions in a row.
func joined(deltas []catalog.VersionDelta) catalog.VersionDelta {
	if len(deltas) == 1 {
		return deltas[0]
	}
	var d catalog.VersionDelta
	for _, each := range deltas {
		d.Version, d.Save = each.Version, each.Save
		d.Assets, d.Columns = append(d.Assets, each.Assets...), append(d.Columns, each.Columns...)
		d.EdgesInto, d.ColumnEdges = append(d.EdgesInto, each.EdgesInto...), append(d.ColumnEdges, each.ColumnEdges...)
		d.Tests = append(d.Tests, each.Tests...)
	}
	d.Assets, d.Columns = catalog.SortedIDs(d.Assets), catalog.SortedIDs(d.Columns)
	d.EdgesInto, d.ColumnEdges = catalog.SortedIDs(d.EdgesInto), catalog.SortedIDs(d.ColumnEdges)
	d.Tests = catalog.SortedIDs(d.Tests)
	return d
}

// preparedParts are parts of versions that are not served yet, the newest of each
// kind and schema. They are of use only if their very save becomes the version.
type preparedParts struct {
	mu    sync.Mutex
	parts map[partKey]preparedPart
}

type preparedPart struct {
	version int64
	save    int64
	part    sized
}

func (p *preparedParts) of(key partKey) *preparedPart {
	p.mu.Lock()
	defer p.mu.Unlock()
	version := key.version
	key.version = 0
	if part, ok := p.parts[key]; ok && part.version == version {
		return &part
	}
	return nil
}

func (p *preparedParts) put(key partKey, save int64, part sized) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.parts == nil {
		p.parts = map[partKey]preparedPart{}
	}
	version := key.version
	key.version = 0
	p.parts[key] = preparedPart{version, save, part}
}

// drop forgets the prepared part of a version that the cache now has.
func (p *preparedParts) drop(key partKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	version := key.version
	key.version = 0
	if part, ok := p.parts[key]; ok && part.version <= version {
		delete(p.parts, key)
	}
}

// Prepare derives the state of a version that is written and not yet served, from
// the parts of the version before that somebody has asked for, so that no reader
// waits after the flip. The writer calls it between its last write and the flip;
// a failure costs the first reader a load, nothing else.
func (m *Model) Prepare(ctx context.Context, ws int64, schema catalog.SchemaID, d *catalog.VersionDelta) error {
	if err := m.prepare(ctx, schemaKey{ws, schema}, *d); err != nil {
		return fmt.Errorf("prepare version %d of %s: %w", d.Version, schema, err)
	}
	return nil
}

func (m *Model) prepare(ctx context.Context, s schemaKey, d catalog.VersionDelta) error {
	// The version may never be served, so what is prepared stays out of the cache,
	// and the other parts get these assets instead of asking for them.
	var assets *Assets
	for _, of := range m.derivers {
		key := s.key(of.kind, d.Version)
		old, err := m.before(ctx, s, key)
		if err != nil {
			return err
		}
		if old == nil && of.kind == assetsPart {
			return nil
		}
		if old == nil {
			continue
		}
		part, err := of.next(ctx, m, s, old, d, func(context.Context) (*Assets, error) { return assets, nil })
		if err != nil {
			return err
		}
		if of.kind == assetsPart {
			if part == nil {
				return nil
			}
			assets = part.(*Assets)
		}
		if part != nil {
			m.prepared.put(key, d.Save, part)
		}
	}
	return nil
}

// before returns the part of the version before a key's if it is there, or was
// prepared and is only not asked for yet.
func (m *Model) before(ctx context.Context, s schemaKey, key partKey) (sized, error) {
	key.version--
	if old := m.cache.peek(key); old != nil || m.prepared.of(key) == nil {
		return old, nil
	}
	return m.part(ctx, s, key.kind, key.version)
}
