package readmodel

import (
	"context"
	"encoding/json"
	"maps"
	"strconv"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Configs are dbt's configurations of the assets of a version, decoded once.
// They are a part of their own: few selectors ask for them, and they are large.
type Configs struct {
	of    map[catalog.AssetID]config
	bytes int64
}

// config is one asset's, and what it takes.
type config struct {
	value map[string]any
	bytes int64
}

func (c *Configs) size() int64 { return c.bytes }

// configCost is about how many bytes a byte of JSON takes once decoded.
const configCost = 6

// configBatch is how many assets are read at a time for their configurations.
const configBatch = 512

func loadConfigs(ctx context.Context, m *Model, s schemaKey, version int64) (part sized, err error) {
	assets, err := m.assets(ctx, s, version)
	if err != nil {
		return nil, err
	}
	err = m.cache.work(ctx, func() error {
		c := &Configs{of: map[catalog.AssetID]config{}}
		part = c
		return c.read(ctx, m, s, version, assets.ids)
	})
	if err != nil {
		return nil, err
	}
	return part, nil
}

func nextConfigs(ctx context.Context, m *Model, s schemaKey, old sized, d catalog.VersionDelta, _ assetsOf) (sized, error) {
	before := old.(*Configs)
	if len(d.Assets) == 0 {
		return before, nil
	}
	if len(d.Assets) > len(before.of)/worthLoading+64 {
		return nil, nil //nolint:nilnil // asks for a load
	}
	c := &Configs{of: maps.Clone(before.of), bytes: before.bytes}
	return c, c.read(ctx, m, s, d.Version, d.Assets)
}

// read takes in the configurations of some assets.
func (c *Configs) read(ctx context.Context, m *Model, s schemaKey, version int64, ids []catalog.AssetID) error {
	for len(ids) > 0 {
		n := min(configBatch, len(ids))
		rows, err := m.store.AssetsAt(ctx, s.ws, s.schema, version, ids[:n])
		if err != nil {
			return err
		}
		for i := range rows {
			c.set(&rows[i])
		}
		ids = ids[n:]
	}
	return nil
}

// set takes in the configuration of an asset; none of one that selectors do not find.
func (c *Configs) set(a *catalog.Asset) {
	c.bytes -= c.of[a.ID].bytes
	delete(c.of, a.ID)
	if !a.Present || !a.Kind.InGraph() {
		return
	}
	var value map[string]any
	if len(a.Config) > 0 && json.Unmarshal(a.Config, &value) != nil {
		return
	}
	var meta map[string]any
	if len(a.Meta) > 0 && json.Unmarshal(a.Meta, &meta) == nil && len(meta) > 0 {
		if value == nil {
			value = map[string]any{}
		}
		value["meta"] = meta // which is kept apart
	}
	if value == nil {
		return
	}
	size := int64(len(a.Config)+len(a.Meta)) * configCost
	c.of[a.ID] = config{value, size}
	c.bytes += size
}

// values reads a dotted path of an asset's configuration.
func (c *Configs) values(id catalog.AssetID, path string) []string {
	var value any = c.of[id].value
	for step := range strings.SplitSeq(path, ".") {
		fields, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = fields[step]
	}
	return configValues(value)
}

// configValues returns what dbt compares with texts: texts and booleans, alone or in a list.
func configValues(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case bool:
		return []string{strconv.FormatBool(v)}
	case []any:
		var out []string
		for _, each := range v {
			if _, nested := each.([]any); !nested {
				out = append(out, configValues(each)...)
			}
		}
		return out
	}
	return nil
}
