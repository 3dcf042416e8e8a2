package readmodel

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/search"
)

// SearchIndex is the search index of a version: a document for each asset, present or not, in segments. A version that
// changes some assets adds a segment of them and shares the others.
type SearchIndex struct {
	segments []searchSegment
	phrases  *recent[string, *phraseFound] // that were looked for lately, by words
	bytes    int64
}

// searchSegment is an index of some assets.
type searchSegment struct {
	*search.Segment
	ids []catalog.AssetID // of the documents, ascending
	at  []int32           // positions in Assets.all; -1 where a newer segment has the asset
}

func (s *SearchIndex) size() int64 { return s.bytes }

func (s *searchSegment) size() int64 { return s.Size() + int64(len(s.ids))*12 }

// mostSegments is how many segments an index has before the small ones are made one.
const mostSegments = 8

func loadSearchIndex(ctx context.Context, m *Model, s schemaKey, version int64) (part sized, err error) {
	assets, err := m.assets(ctx, s, version)
	if err != nil {
		return nil, err
	}
	err = m.cache.work(ctx, func() error {
		segment, err := m.indexAssets(ctx, s, version, idsOf(assets.all))
		if err != nil {
			return err
		}
		part = newSearchIndex(assets.all, []searchSegment{segment})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return part, nil
}

func idsOf(assets []*Asset) []catalog.AssetID {
	ids := make([]catalog.AssetID, len(assets))
	for i, a := range assets {
		ids[i] = a.ID
	}
	return ids
}

func nextSearchIndex(ctx context.Context, m *Model, s schemaKey, old sized, d catalog.VersionDelta, assets assetsOf) (sized, error) {
	before := old.(*SearchIndex)
	changed := catalog.SortedIDs(slices.Concat(d.Assets, d.Columns))
	if len(changed) == 0 {
		return before, nil
	}
	current, err := assets(ctx)
	if err != nil {
		return nil, err
	}
	segments := slices.Clone(before.segments)
	if len(segments) >= mostSegments {
		for _, segment := range segments[1:] {
			changed = append(changed, segment.ids...)
		}
		changed, segments = catalog.SortedIDs(changed), segments[:1]
	}
	if len(changed) > len(current.all)/worthLoading+64 {
		return nil, nil //nolint:nilnil // asks for a load
	}
	segment, err := m.indexAssets(ctx, s, d.Version, changed)
	if err != nil {
		return nil, err
	}
	return newSearchIndex(current.all, append(segments, segment)), nil
}

// newSearchIndex makes the index of all assets of segments, the later ones of which precede.
func newSearchIndex(all []*Asset, segments []searchSegment) *SearchIndex {
	s := &SearchIndex{segments: segments, phrases: &recent[string, *phraseFound]{limit: phraseBytes(len(all)), weigh: (*phraseFound).size}}
	s.bytes = s.phrases.limit
	newest := make([]int8, len(all)) // 1 + the segment that has the asset
	for n := range segments {
		segment := &segments[n]
		segment.at = make([]int32, len(segment.ids))
		position := 0
		for i, id := range segment.ids {
			for position < len(all) && all[position].ID < id {
				position++
			}
			segment.at[i] = -1
			if position < len(all) && all[position].ID == id {
				segment.at[i], newest[position] = int32(position), int8(n+1)
			}
		}
		s.bytes += segment.size()
	}
	for n := range segments {
		for i, position := range segments[n].at {
			if position >= 0 && newest[position] != int8(n+1) {
				segments[n].at[i] = -1
			}
		}
	}
	return s
}

// indexAssets reads assets and indexes them.
func (m *Model) indexAssets(ctx context.Context, s schemaKey, version int64, ids []catalog.AssetID) (searchSegment, error) {
	builder := &search.Builder{}
	out := searchSegment{}
	for some := range slices.Chunk(ids, configBatch) {
		assets, columns, texts, err := m.searched(ctx, s, version, some, searchedParts{columns: true, code: true})
		if err != nil {
			return out, err
		}
		for i := range assets {
			a := &assets[i]
			out.ids = append(out.ids, a.ID)
			builder.Add(searchTexts(a, columns[a.ID], texts))
		}
	}
	out.Segment = builder.Segment()
	return out, nil
}

// searchedParts are what is read of assets next to their own texts.
type searchedParts struct{ columns, code bool }

// searched reads what is searched of assets.
func (m *Model) searched(ctx context.Context, s schemaKey, version int64, ids []catalog.AssetID, with searchedParts) ([]catalog.Asset, map[catalog.AssetID][]catalog.Column, map[catalog.Hash]string, error) {
	assets, err := m.store.AssetsAt(ctx, s.ws, s.schema, version, ids)
	if err != nil {
		return nil, nil, nil, err
	}
	var columns map[catalog.AssetID][]catalog.Column
	if with.columns {
		columns, err = m.store.ColumnsAt(ctx, s.ws, s.schema, version, ids)
	}
	if err != nil || !with.code {
		return assets, columns, nil, err
	}
	var hashes []catalog.Hash
	for i := range assets {
		if code := assets[i].Code; code != nil {
			hashes = append(hashes, code.Raw, code.Compiled)
		}
	}
	texts, err := m.store.Texts(ctx, s.ws, hashes)
	return assets, columns, texts, err
}

// searchTexts are the texts that an asset is found by.
func searchTexts(a *catalog.Asset, columns []catalog.Column, code map[catalog.Hash]string) []search.Text {
	texts := make(textList, 0, 16+2*len(columns))
	texts.name(a.Name)
	texts.name(a.Relation.Identifier)
	for i := range a.Others {
		texts.name(a.Others[i].Name)
	}
	texts.add(search.Identity, "", a.Relation.Text)
	texts.add(search.Relation, "", a.Relation.Database, a.Relation.Schema, a.Relation.Identifier)
	for _, n := range a.Nodes {
		texts.add(search.Identity, "", n.UniqueID)
	}
	texts.add(search.Tag, "", a.Tags...)
	texts.add(search.Tag, "", a.Owners...)
	if d := a.DBT; d != nil {
		texts.add(search.Tag, "", d.Group)
		texts.add(search.Relation, "", d.PackageName, d.SourceName, d.OriginalFilePath)
	}
	texts.add(search.Description, "", a.Description.Value)
	texts.json(search.Meta, "", a.Meta)
	texts.json(search.Property, "", a.Extra)
	for i := range columns {
		c := &columns[i]
		if !c.Present {
			continue
		}
		texts.add(search.Column, c.Name, c.Name)
		texts.add(search.Tag, c.Name, c.Tags...)
		texts.add(search.Description, c.Name, c.Description.Value)
		texts.json(search.Meta, c.Name, c.Meta)
	}
	if a.Code != nil {
		texts.add(search.Code, "", code[a.Code.Raw])
		if a.Code.Compiled != a.Code.Raw {
			texts.add(search.Code, "", code[a.Code.Compiled])
		}
	}
	return texts
}

// textList gathers the texts of a document.
type textList []search.Text

func (l *textList) add(field search.Field, column string, texts ...string) {
	for _, text := range texts {
		if text != "" {
			*l = append(*l, search.Text{Field: field, Column: column, Text: text})
		}
	}
}

func (l *textList) name(name string) {
	l.add(search.Name, "", name)
	l.add(search.Whole, "", name)
}

// json adds a text for each value of a JSON object, behind its path.
func (l *textList) json(field search.Field, column string, raw []byte) {
	if len(raw) <= len(`{}`) {
		return
	}
	var value any
	if json.Unmarshal(raw, &value) == nil {
		l.value(field, column, "", value)
	}
}

func (l *textList) value(field search.Field, column, path string, value any) {
	switch v := value.(type) {
	case map[string]any:
		if path != "" {
			path += "."
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			l.value(field, column, path+key, v[key])
		}
	case []any:
		for _, each := range v {
			l.value(field, column, path, each)
		}
	case string:
		l.add(field, column, path+": "+v)
	case bool:
		l.add(field, column, path+": "+strconv.FormatBool(v))
	case float64:
		l.add(field, column, path+": "+strconv.FormatFloat(v, 'f', -1, 64))
	}
}
