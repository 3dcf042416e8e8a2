package readmodel

import (
	"context"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/search"
	"github.com/thalweg-data/thalweg/internal/turn"
)

// phraseHits are the assets that have the phrases of a query, by the number of the term, with each rank or a better
// one. The index has no places of words, so the texts of those that have all words of a phrase in one field are read.
type phraseHits map[int]*[ranks]bitset

// of returns the hits of a term; false if it was not looked for as a phrase.
func (h phraseHits) of(term int) (upTo [ranks]bitset, ok bool) {
	found := h[term]
	if found == nil {
		return upTo, false
	}
	for r := range upTo {
		upTo[r] = slices.Clone(found[r])
	}
	return upTo, true
}

// phrases looks for the phrases of a query among the assets of a set.
func (s searchScope) phrases(ctx context.Context, query search.Query, within bitset) (phraseHits, error) {
	if !query.HasPhrase() {
		return nil, nil //nolint:nilnil // a query without phrases has no such hits
	}
	n := len(s.assets.all)
	among := slices.Clone(within)
	loose := query
	loose.Terms = slices.DeleteFunc(slices.Clone(query.Terms), func(t search.Term) bool { return t.Not && t.Phrase })
	err := computeAll(ctx, searchSteps(query, n), func() error {
		among.keep(s.index.hits(loose, n, nil).all)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := phraseHits{}
	for i, term := range query.Terms {
		if term.Phrase {
			if out[i], err = s.phrase(ctx, term, among); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// phraseSteps is about how many steps it takes to read what is searched of an asset.
const phraseSteps = 2 * rowSteps

// phrase looks for a phrase in the texts of those assets of a set that have all of its words in one field.
func (s searchScope) phrase(ctx context.Context, term search.Term, among bitset) (*[ranks]bitset, error) {
	n := len(s.assets.all)
	var having [search.Fields]bitset
	candidates := newBitset(n)
	for field := range search.Field(search.Fields) {
		having[field] = newBitset(n)
		if term.Field == nil || *term.Field == field {
			having[field] = s.index.having(term.Words, n, field, (*search.Segment).Find)
			having[field].keep(among)
			candidates.join(having[field])
		}
	}
	var positions []int32
	candidates.each(func(i int32) bool {
		positions = append(positions, i)
		return true
	})
	var upTo [ranks]bitset
	for r := range upTo {
		upTo[r] = newBitset(n)
	}
	for some := range slices.Chunk(positions, configBatch) {
		if err := turn.Take(ctx, phraseSteps*len(some)); err != nil {
			return nil, err
		}
		texts, err := s.textsOf(ctx, some, having[search.Code])
		if err != nil {
			return nil, err
		}
		for _, i := range some {
			for field, rank := range fieldRanks {
				if having[field].has(i) && search.HasPhrase(texts[s.assets.all[i].ID], search.Field(field), term.Words) {
					for r := rank; r < ranks; r++ {
						upTo[r].add(i)
					}
					break // fields are in the order of their ranks
				}
			}
		}
	}
	return &upTo, nil
}

// textsOf reads what is searched of some assets, with their code if one of them is in a set.
func (s searchScope) textsOf(ctx context.Context, positions []int32, inCode bitset) (map[catalog.AssetID][]search.Text, error) {
	ids := make([]catalog.AssetID, len(positions))
	for n, i := range positions {
		ids[n] = s.assets.all[i].ID
	}
	texts := make(map[catalog.AssetID][]search.Text, len(ids))
	return texts, s.v.readTexts(ctx, ids, slices.ContainsFunc(positions, inCode.has), texts)
}
