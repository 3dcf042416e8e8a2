package readmodel

import (
	"context"
	"iter"
	"strings"

	"github.com/thalweg-data/thalweg/internal/near"
)

// NearAssets returns the unique_ids, or relations where there are none, of assets that somebody may have meant by a
// name that means none: by the whole of it, or else by its last part.
func (v *View) NearAssets(ctx context.Context, name string) ([]string, error) {
	assets, err := v.m.assets(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return nil, err
	}
	var similar []string
	err = v.m.cache.work(ctx, func() error {
		similar = near.Shown(name, assets.callable(ctx), maxNearNames)
		if dot := strings.LastIndexByte(name, '.'); len(similar) == 0 && dot >= 0 {
			similar = near.Shown(name[dot+1:], assets.callable(ctx), maxNearNames)
		}
		return ctx.Err()
	})
	return similar, err
}

// callable yields the names of the present assets, each with the one that it can be asked for by.
func (a *Assets) callable(ctx context.Context) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, asset := range a.present {
			shown := asset.callable()
			if shown == "" {
				continue
			}
			if ctx.Err() != nil || !yield(asset.Name, shown) || !yield(shown, shown) {
				return
			}
		}
	}
}
