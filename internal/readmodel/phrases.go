package readmodel

import (
	"context"
	"slices"
	"strings"

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

// phraseFound are the assets among some that have a phrase in each field; each is in the first of its fields only.
type phraseFound struct {
	looked bitset
	in     [search.Fields]bitset
}

func newPhraseFound(n int) *phraseFound {
	f := &phraseFound{looked: newBitset(n)}
	for field := range f.in {
		f.in[field] = newBitset(n)
	}
	return f
}

func (f *phraseFound) size() int64 { return int64(len(f.looked)) * 8 * (1 + int64(search.Fields)) }

// phraseBytes is what an index of n assets keeps of phrases: of some twenty.
func phraseBytes(n int) int64 { return 20 * int64(n/64+1) * 8 * (1 + int64(search.Fields)) }

func (f *phraseFound) clone() *phraseFound {
	out := &phraseFound{looked: slices.Clone(f.looked)}
	for field := range f.in {
		out.in[field] = slices.Clone(f.in[field])
	}
	return out
}

// upTo returns the assets that have the phrase in a field, or in any if it is nil, with each rank or a better one.
func (f *phraseFound) upTo(field *search.Field) *[ranks]bitset {
	var out [ranks]bitset
	for r := range out {
		out[r] = newBitset(len(f.looked) * 64)
		for of, rank := range fieldRanks {
			if rank <= searchRank(r) && (field == nil || int(*field) == of) {
				out[r].join(f.in[of])
			}
		}
	}
	return &out
}

// phrase looks for a phrase among the assets of a set, in those that have all of its words in one field. What was found
// lately is kept, so that the next page of the hits, or a further word, costs little.
func (s searchScope) phrase(ctx context.Context, term search.Term, among bitset) (*[ranks]bitset, error) {
	n := len(s.assets.all)
	key := strings.Join(term.Words, " ")
	if term.Field != nil {
		key = term.Field.String() + ":" + key
	}
	kept, _ := s.index.phrases.split([]string{key})
	found := kept[key]
	if found == nil {
		found = newPhraseFound(n)
	}
	having := s.withWords(term, n)
	candidates := newBitset(n)
	for field := range having {
		candidates.join(having[field])
	}
	candidates.keep(among)
	candidates.without(found.looked)
	if candidates.empty() {
		return found.upTo(term.Field), nil
	}
	found = found.clone()
	if err := s.look(ctx, term, candidates, having, found); err != nil {
		return nil, err
	}
	s.index.phrases.replace(key, found)
	return found.upTo(term.Field), nil
}

// withWords finds the assets that have all words of a term in each of the fields that it is about.
func (s searchScope) withWords(term search.Term, n int) (having [search.Fields]bitset) {
	for field := range search.Field(search.Fields) {
		having[field] = newBitset(n)
		if term.Field == nil || *term.Field == field {
			having[field] = s.index.having(term.Words, n, field, (*search.Segment).Find)
		}
	}
	return having
}

// look reads the texts of the candidates and adds those that have the phrase.
func (s searchScope) look(ctx context.Context, term search.Term, candidates bitset, having [search.Fields]bitset, found *phraseFound) error {
	// Columns are read only of the assets that have the words there.
	var inColumns, elsewhere []int32
	candidates.each(func(i int32) bool {
		if slices.ContainsFunc(columnFields, func(field search.Field) bool { return having[field].has(i) }) {
			inColumns = append(inColumns, i)
		} else {
			elsewhere = append(elsewhere, i)
		}
		return true
	})
	for _, positions := range [][]int32{inColumns, elsewhere} {
		for some := range slices.Chunk(positions, configBatch) {
			if err := s.lookAmong(ctx, term, some, having, found); err != nil {
				return err
			}
		}
	}
	found.looked.join(candidates)
	return nil
}

// lookAmong reads the texts of some candidates.
func (s searchScope) lookAmong(ctx context.Context, term search.Term, some []int32, having [search.Fields]bitset, found *phraseFound) error {
	if err := turn.Take(ctx, phraseSteps*len(some)); err != nil {
		return err
	}
	texts, err := s.textsOf(ctx, some, having)
	if err != nil {
		return err
	}
	for _, i := range some {
		for field := range fieldRanks {
			if having[field].has(i) && search.HasPhrase(texts[s.assets.all[i].ID], search.Field(field), term.Words) {
				found.in[field].add(i)
				break // fields are in the order of their ranks
			}
		}
	}
	return nil
}

// columnFields are the fields that columns have texts of.
var columnFields = []search.Field{search.Column, search.Tag, search.Description, search.Meta}

// textsOf reads what is searched of some assets, with the columns and the code if one of them has the words there.
func (s searchScope) textsOf(ctx context.Context, positions []int32, having [search.Fields]bitset) (map[catalog.AssetID][]search.Text, error) {
	ids := make([]catalog.AssetID, len(positions))
	for n, i := range positions {
		ids[n] = s.assets.all[i].ID
	}
	with := searchedParts{code: slices.ContainsFunc(positions, having[search.Code].has)}
	for _, field := range columnFields {
		with.columns = with.columns || slices.ContainsFunc(positions, having[field].has)
	}
	texts := make(map[catalog.AssetID][]search.Text, len(ids))
	return texts, s.v.readTexts(ctx, ids, with, texts)
}
