package readmodel

import "github.com/thalweg-data/thalweg/internal/store"

// slicePage returns a page of rows that are all in memory; its position is the number of rows before it.
func slicePage[T any](all []T, p store.Page) (store.Paged[T], error) {
	out := store.Paged[T]{Total: int64(len(all))}
	var start int64
	if _, err := p.Position(&start); err != nil {
		return out, err
	}
	start = max(0, min(start, out.Total))
	end := min(start+int64(p.Size()), out.Total)
	out.Rows = all[start:end]
	var err error
	if end < out.Total {
		out.Next, err = store.NewPosition(end)
	}
	return out, err
}
