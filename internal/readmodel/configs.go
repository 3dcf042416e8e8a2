package readmodel

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Configs are dbt's configurations of the assets of a version: what selectors compare, with each path and each list of
// values kept once, as projects repeat them. They are a part of their own: few selectors ask for them.
type Configs struct {
	of     map[catalog.AssetID][]setting
	paths  map[string]int32     // dotted, to their numbers
	lists  map[string]int32     // lists of values as JSON, to their numbers
	texts  [][]string           // the lists by number
	equal  map[string][]setting // while they are read: those of the same JSON
	unused int                  // settings that were replaced, whose paths and lists are kept
	bytes  int64
}

// setting is one path of a configuration and what is there.
type setting struct{ path, values int32 }

func (c *Configs) size() int64 { return c.bytes }

// What a configuration takes besides its settings, and a path or list besides its letters.
const (
	configBytes  = 64
	settingBytes = 8
	internBytes  = 96
)

// configBatch is how many assets are read at a time for their configurations.
const configBatch = 512

func loadConfigs(ctx context.Context, m *Model, s schemaKey, version int64) (part sized, err error) {
	assets, err := m.assets(ctx, s, version)
	if err != nil {
		return nil, err
	}
	err = m.cache.work(ctx, func() error {
		c := &Configs{of: map[catalog.AssetID][]setting{}, paths: map[string]int32{}, lists: map[string]int32{}}
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
	if len(d.Assets) > len(before.of)/worthLoading+64 || before.unused > len(before.of)+64 {
		return nil, nil //nolint:nilnil // asks for a load
	}
	c := &Configs{
		of: maps.Clone(before.of), paths: maps.Clone(before.paths), lists: maps.Clone(before.lists), texts: slices.Clone(before.texts),
		unused: before.unused, bytes: before.bytes,
	}
	return c, c.read(ctx, m, s, d.Version, d.Assets)
}

// read takes in the configurations of some assets.
func (c *Configs) read(ctx context.Context, m *Model, s schemaKey, version int64, ids []catalog.AssetID) error {
	c.equal = map[string][]setting{}
	defer func() { c.equal = nil }()
	for some := range slices.Chunk(ids, configBatch) {
		rows, err := m.store.AssetsAt(ctx, s.ws, s.schema, version, some)
		if err != nil {
			return err
		}
		for i := range rows {
			c.set(&rows[i])
		}
	}
	return nil
}

// set takes in the configuration of an asset; none of one that selectors do not find.
func (c *Configs) set(a *catalog.Asset) {
	if old, ok := c.of[a.ID]; ok {
		c.bytes -= configBytes + int64(len(old))*settingBytes
		delete(c.of, a.ID)
		c.unused += len(old)
	}
	if !a.Present || !a.Kind.InGraph() {
		return
	}
	settings := c.settings(a.Config, a.Meta)
	if len(settings) > 0 {
		c.of[a.ID] = settings
		c.bytes += configBytes + int64(len(settings))*settingBytes
	}
}

// settings reads a configuration, and the meta that is kept apart from it.
func (c *Configs) settings(config, meta []byte) []setting {
	key := string(config) + "\x00" + string(meta)
	if settings, ok := c.equal[key]; ok {
		return settings
	}
	var fields, apart map[string]any
	if len(config) > 0 && json.Unmarshal(config, &fields) != nil {
		return nil
	}
	if len(meta) > 0 && json.Unmarshal(meta, &apart) == nil && len(apart) > 0 {
		if fields == nil {
			fields = map[string]any{}
		}
		fields["meta"] = apart
	}
	settings := c.flatten(nil, "", fields)
	slices.SortFunc(settings, func(a, b setting) int { return cmp.Compare(a.path, b.path) })
	c.equal[key] = settings
	return settings
}

// flatten adds the settings below a path. Names with a dot in them have no path.
func (c *Configs) flatten(settings []setting, path string, fields map[string]any) []setting {
	for name, value := range fields {
		if strings.Contains(name, ".") {
			continue
		}
		if below, ok := value.(map[string]any); ok {
			settings = c.flatten(settings, path+name+".", below)
		} else if values := configValues(value); len(values) > 0 {
			settings = append(settings, setting{c.number(c.paths, path+name), c.list(values)})
		}
	}
	return settings
}

// list returns the number of a list of values.
func (c *Configs) list(values []string) int32 {
	key, err := json.Marshal(values)
	if err != nil { // texts always have JSON
		return 0
	}
	n := c.number(c.lists, string(key))
	if int(n) == len(c.texts) {
		c.texts = append(c.texts, values)
	}
	return n
}

// number returns the number of a text, a new one if it has none.
func (c *Configs) number(numbers map[string]int32, text string) int32 {
	n, ok := numbers[text]
	if !ok {
		n = int32(len(numbers))
		numbers[text] = n
		c.bytes += int64(len(text)) + internBytes
	}
	return n
}

// values reads a dotted path of an asset's configuration.
func (c *Configs) values(id catalog.AssetID, path string) []string {
	number, ok := c.paths[path]
	if !ok {
		return nil
	}
	settings := c.of[id]
	i, found := slices.BinarySearchFunc(settings, number, func(s setting, path int32) int { return cmp.Compare(s.path, path) })
	if !found {
		return nil
	}
	return c.texts[settings[i].values]
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
