package readmodel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// coverage is that of all tables of a version. It is small, and derived from that of another version by what the
// versions in between wrote.
type coverage struct {
	catalog.Coverage
	counted int // assets that were counted for it
}

func (c *coverage) size() int64 { return int64(unsafe.Sizeof(*c)) }

// Coverage counts what is documented, tested and matched at the view's version.
func (v *View) Coverage(ctx context.Context) (catalog.Coverage, error) {
	key := v.schemaKey().key(coveragePart, v.Version)
	part, err := v.m.cache.get(ctx, key, func(ctx context.Context) (sized, error) {
		if old, base := v.m.cache.newest(key, key.version-furthest); old != nil {
			derived, err := v.coverageAfter(ctx, old.(*coverage).Coverage, base)
			if err == nil || !errors.Is(err, catalog.ErrNotFound) {
				return derived, err
			}
		}
		return v.loadCoverage(ctx)
	})
	if err != nil {
		return catalog.Coverage{}, fmt.Errorf("coverage of %s at version %d: %w", v.Schema.ID, v.Version, err)
	}
	return part.(*coverage).Coverage, nil
}

// coverageAfter derives the coverage from that of an older version.
func (v *View) coverageAfter(ctx context.Context, before catalog.Coverage, base int64) (*coverage, error) {
	out := &coverage{Coverage: before}
	err := v.m.cache.work(ctx, func() error {
		deltas, err := v.m.store.Deltas(ctx, v.ws(), v.Schema.ID, base, v.Version)
		if err != nil || len(deltas) == 0 {
			return err
		}
		step, err := v.coverageStep(ctx, joined(deltas), base)
		out.Subtract(step.before)
		out.Add(step.after)
		return err
	})
	return out, err
}

// coverageStep is the coverage of what versions wrote, before and after them.
type coverageStep struct {
	before, after catalog.Coverage
	assets        int // that were counted
}

// coverageStep counts what the versions after base wrote, up to that of the delta.
func (v *View) coverageStep(ctx context.Context, d catalog.VersionDelta, base int64) (step coverageStep, err error) {
	ids := slices.Concat(d.Assets, d.Columns)
	if len(d.Tests) > 0 {
		for _, at := range []int64{base, d.Version} {
			refs, err := v.m.store.TestRefs(ctx, v.ws(), v.Schema.ID, at, d.Tests)
			if err != nil {
				return step, err
			}
			for i := range refs {
				ids = append(ids, refs[i].Asset)
			}
		}
	}
	ids = catalog.SortedIDs(ids)
	step.assets = len(ids)
	if step.after, err = v.coverageOf(ctx, d.Version, ids); err == nil && base > 0 {
		step.before, err = v.coverageOf(ctx, base, ids)
	}
	return step, err
}

// loadCoverage counts all tables.
func (v *View) loadCoverage(ctx context.Context) (*coverage, error) {
	assets, err := v.m.assets(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return nil, err
	}
	var ids []catalog.AssetID
	for _, a := range assets.present {
		if a.Kind.IsTable() {
			ids = append(ids, a.ID)
		}
	}
	out := &coverage{}
	err = v.m.cache.work(ctx, func() error {
		out.Coverage, err = v.coverageOf(ctx, v.Version, ids)
		return err
	})
	return out, err
}

func (v *View) coverageOf(ctx context.Context, at int64, ids []catalog.AssetID) (sum catalog.Coverage, err error) {
	err = v.m.eachCoverage(ctx, v.schemaKey(), at, ids, func(_ catalog.AssetID, c catalog.Coverage) { sum.Add(c) })
	return sum, err
}

// VersionCoverage is the coverage at a version.
type VersionCoverage struct {
	catalog.Version
	catalog.Coverage
}

// maxCovered is how many assets are counted for a page of versions, beyond which it ends early.
const maxCovered = 20_000

// CoverageHistory lists the coverage at the view's version and the kept ones before it, newest first. Each version
// costs what it wrote, so a page after large changes may be short. Total counts the kept versions up to the view's.
func (v *View) CoverageHistory(ctx context.Context, p store.Page) (out store.Paged[VersionCoverage], err error) {
	from := v.Version
	if _, err := p.Position(&from); err != nil {
		return out, err
	}
	first, err := v.m.store.FirstVersion(ctx, v.ws(), v.Schema.ID)
	if err != nil {
		return out, err
	}
	out.Total = v.Version - max(first, 1) + 1
	versions, err := v.m.store.VersionsTo(ctx, v.ws(), v.Schema.ID, min(from, v.Version), p.Size()+1)
	if err != nil || len(versions) == 0 {
		return out, err
	}
	at := *v
	at.Version = versions[0].Number
	now, err := at.Coverage(ctx)
	if err != nil {
		return out, err
	}
	counted := 0
	for i, version := range versions {
		if i == p.Size() || counted > maxCovered {
			out.Next, err = store.NewPosition(version.Number)
			return out, err
		}
		out.Rows = append(out.Rows, VersionCoverage{version, now})
		if i+1 == len(versions) {
			break
		}
		n, err := v.coverageBefore(ctx, &now, version.Number)
		if err != nil {
			return out, err
		}
		counted += n
	}
	return out, nil
}

// coverageBefore goes from the coverage at a version to that of the one before, and keeps it. It returns how many
// assets it counted.
func (v *View) coverageBefore(ctx context.Context, now *catalog.Coverage, version int64) (counted int, err error) {
	before, later := *v, *now
	before.Version = version - 1
	part, err := v.m.cache.get(ctx, v.schemaKey().key(coveragePart, before.Version), func(ctx context.Context) (sized, error) {
		out := &coverage{Coverage: later}
		err := v.m.cache.work(ctx, func() error {
			deltas, err := v.m.store.Deltas(ctx, v.ws(), v.Schema.ID, before.Version, version)
			if err != nil {
				return err
			}
			step, err := v.coverageStep(ctx, deltas[0], before.Version)
			out.counted = step.assets
			out.Subtract(step.after)
			out.Add(step.before)
			return err
		})
		return out, err
	})
	if errors.Is(err, catalog.ErrNotFound) { // a version of an older program
		*now, err = before.Coverage(ctx)
		return maxCovered, err
	}
	if err != nil {
		return 0, fmt.Errorf("coverage of %s at version %d: %w", v.Schema.ID, before.Version, err)
	}
	*now = part.(*coverage).Coverage
	return part.(*coverage).counted, nil
}
