package httpapi

import (
	"context"
	"errors"
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// TestChangeCounts: the assets of a list are compared once, until retention shortens the list.
func TestChangeCounts(t *testing.T) {
	t.Parallel()
	reads := 0
	var fault error
	read := func(context.Context, store.Page) (store.Paged[store.ChangedAsset], error) {
		reads++
		a := catalog.Asset{ID: 1, Kind: catalog.KindModel, Name: "orders", Present: true}
		return store.Paged[store.ChangedAsset]{Rows: []store.ChangedAsset{{Asset: 1, Version: 2, After: &a}, {Asset: 2, Version: 2, After: &a}}}, fault
	}
	var counts changeCounts
	for _, step := range []struct {
		name        string
		of          changeList
		rows        int
		fault       error
		want, reads int64
	}{
		{"not counted yet, and the store fails", changeList{schema: 1, to: 2, assets: 2}, -1, errors.New("gone"), 0, 1},
		{"compared", changeList{schema: 1, to: 2, assets: 2}, -1, nil, 2, 2},
		{"kept", changeList{schema: 1, to: 2, assets: 2}, -1, nil, 2, 2},
		{"shortened", changeList{schema: 1, from: 1, to: 2, assets: 1}, -1, nil, 2, 3},
		{"another asset's", changeList{schema: 1, asset: 7, to: 2, assets: 2}, 5, nil, 5, 3},
		{"on one page", changeList{schema: 2, to: 2, assets: countedAssets + 1}, 300, nil, 300, 3},
		{"too many", changeList{schema: 3, to: 2, assets: countedAssets + 1}, -1, nil, -1, 3},
	} {
		fault = step.fault
		got, err := counts.count(t.Context(), step.of, read, step.rows)
		if got != step.want || !errors.Is(err, step.fault) || int64(reads) != step.reads {
			t.Errorf("%s: %d, %v after %d reads; want %d, %v after %d", step.name, got, err, reads, step.want, step.fault, step.reads)
		}
	}
	for n := range int64(keptCounts) {
		counts.put(changeList{schema: 9, to: n}, n)
	}
	if len(counts.counts) != keptCounts || len(counts.order) != keptCounts {
		t.Errorf("%d counts are kept", len(counts.counts))
	}
	if _, ok := counts.get(changeList{schema: 1, to: 2, assets: 2}); ok {
		t.Error("the oldest count is still kept")
	}
}
