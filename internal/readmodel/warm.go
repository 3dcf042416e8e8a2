package readmodel

import (
	"context"
	"errors"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
)

// mostWarm is how many schemas are kept warm, and warmShare the part of the cache that they may take: one in warmShare.
const (
	mostWarm  = 100
	warmShare = 2
)

// searchedTableBytes is about what a table takes in memory with its share of the search index and the graph.
const searchedTableBytes = tableBytes + 1000

// Warm loads what the first search of a schema would wait for, of the schemas that changed last: after a start, and
// where a version was not derived from one in memory, such as the first of a schema. What is in memory costs nothing.
// Schemas that are too large for a part of the cache are left to their first search.
func (m *Model) Warm(ctx context.Context) error {
	schemas, err := m.store.ServedSchemas(ctx, mostWarm)
	if err != nil {
		return err
	}
	room := m.cache.budget / warmShare
	for _, s := range schemas {
		if room -= s.Tables * searchedTableBytes; room < 0 {
			return nil
		}
		key := schemaKey{s.WS, s.Schema}
		if m.cache.has(key.key(searchPart, s.Version)) {
			continue
		}
		// A schema may be deleted, or have a newer version, meanwhile.
		if err := m.warm(ctx, key, s.Version); err != nil && !errors.Is(err, catalog.ErrNotFound) && !errors.Is(err, catalog.ErrOverloaded) {
			return fmt.Errorf("warm %s: %w", s.Schema, err)
		}
	}
	return nil
}

func (m *Model) warm(ctx context.Context, key schemaKey, version int64) error {
	v := &View{m: m, Principal: access.Principal{WS: key.ws}, Schema: catalog.Schema{ID: key.schema, Version: version}, Version: version}
	assets, err := m.assets(ctx, key, version)
	if err != nil {
		return err
	}
	if _, err := v.searchScope(ctx, assets); err != nil {
		return err
	}
	_, err = v.popularity(ctx, assets)
	return err
}
