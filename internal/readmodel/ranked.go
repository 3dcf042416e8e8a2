package readmodel

import (
	"slices"

	"github.com/thalweg-data/thalweg/internal/search"
)

// searchRank is how well an asset matches a query: as well as its worst term does.
type searchRank uint8

// The ranks, best first.
const (
	rankExact  searchRank = iota // its name, unique id or relation is the query
	rankPrefix                   // its name begins with the query
	rankName                     // its name has the words; likewise the others
	rankColumn
	rankTag
	rankRelation
	rankInside // of its name or relation
	rankDescription
	rankMeta
	rankProperty
	rankCode
	rankNear // its name, or that of a column, if one takes typos into account
	ranks
)

// fieldRanks are the ranks of hits in each field.
var fieldRanks = [search.Fields]searchRank{
	search.Name: rankName, search.Column: rankColumn, search.Tag: rankTag, search.Relation: rankRelation,
	search.Description: rankDescription, search.Meta: rankMeta, search.Property: rankProperty, search.Code: rankCode,
}

// String returns the name of the rank: exact, prefix, word, part, text or near.
func (r searchRank) String() string {
	switch r {
	case rankExact:
		return "exact"
	case rankPrefix:
		return "prefix"
	case rankInside:
		return "part"
	case rankDescription, rankMeta, rankProperty, rankCode:
		return "text"
	case rankNear:
		return "near"
	}
	return "word"
}

// rankedHits are the hits of a query by rank, each in one of the sets.
type rankedHits struct {
	sets [ranks]bitset
	all  bitset
}

// searchSteps returns about how many steps it takes to look for the words of a query in the texts of n assets.
func searchSteps(q search.Query, n int) int {
	words := 1
	for _, term := range q.Terms {
		words += len(term.Words)
	}
	return words * n
}

// hits finds the assets that match all terms of a query, among n; the terms that are phrases were looked for before.
// The result is not limited to present ones.
func (s *SearchIndex) hits(q search.Query, n int, phrases phraseHits) rankedHits {
	var upTo [ranks]bitset // those of a rank or a better one
	excluded := newBitset(n)
	terms := 0
	for i, term := range q.Terms {
		found, ok := phrases.of(i)
		if !ok {
			found = s.term(term, n)
		}
		if term.Not {
			excluded.join(found[rankCode])
			continue
		}
		terms++
		for r := range upTo {
			if upTo[r] == nil {
				upTo[r] = found[r]
			} else {
				upTo[r].keep(found[r])
			}
		}
	}
	for r := range upTo {
		if upTo[r] == nil { // no words at all
			upTo[r] = newBitset(n)
			if searchRank(r) >= rankName {
				upTo[r].fill(n)
			}
		}
	}
	if terms > 0 {
		s.whole(q.Whole(), &upTo, n)
	}
	out := rankedHits{all: upTo[ranks-1]}
	for r := range upTo {
		upTo[r].without(excluded)
		out.sets[r] = slices.Clone(upTo[r])
		if r > 0 {
			out.sets[r].without(upTo[r-1])
		}
	}
	return out
}

// whole adds the assets whose name is the query or begins with it.
func (s *SearchIndex) whole(name string, upTo *[ranks]bitset, n int) {
	if name == "" {
		return
	}
	exact, prefix := newBitset(n), newBitset(n)
	for i := range s.segments {
		segment := &s.segments[i]
		segment.FindWhole(search.Whole, name, segment.into(exact))
		segment.FindWhole(search.Identity, name, segment.into(exact))
		segment.Find(search.Whole, name, segment.into(prefix))
	}
	prefix.join(exact)
	for r := range upTo {
		if searchRank(r) == rankExact {
			upTo[r].join(exact)
		} else {
			upTo[r].join(prefix)
		}
	}
}

// into returns the function that adds the assets of documents to a set.
func (s *searchSegment) into(set bitset) func(doc int32) {
	return func(doc int32) {
		if position := s.at[doc]; position >= 0 {
			set.add(position)
		}
	}
}

// term finds the assets that match a term, with each rank or a better one.
func (s *SearchIndex) term(term search.Term, n int) (upTo [ranks]bitset) {
	for r := range upTo {
		upTo[r] = newBitset(n)
		if r > 0 {
			upTo[r].join(upTo[r-1])
		}
		for field, rank := range fieldRanks {
			if rank == searchRank(r) && (term.Field == nil || *term.Field == search.Field(field)) {
				upTo[r].join(s.having(term.Words, n, search.Field(field), (*search.Segment).Find))
			}
		}
		switch searchRank(r) {
		case rankInside:
			for _, field := range []search.Field{search.Name, search.Relation} {
				if term.Field == nil || *term.Field == field {
					upTo[r].join(s.having(term.Words, n, field, (*search.Segment).FindInside))
				}
			}
		case rankNear:
			if upTo[rankTag].empty() {
				upTo[r].join(s.near(term, n))
			}
		}
	}
	return upTo
}

// near finds the assets with a name near the words of a term, else those with such a column.
func (s *SearchIndex) near(term search.Term, n int) bitset {
	for _, field := range []search.Field{search.Name, search.Column} {
		if term.Field != nil && *term.Field != field {
			continue
		}
		if found := s.having(term.Words, n, field, (*search.Segment).FindNear); !found.empty() {
			return found
		}
	}
	return newBitset(n)
}

// having finds the assets that have all of some words in a field.
func (s *SearchIndex) having(words []string, n int, field search.Field, find func(*search.Segment, search.Field, string, func(int32))) bitset {
	var all bitset
	for _, word := range words {
		found := newBitset(n)
		for i := range s.segments {
			segment := &s.segments[i]
			find(segment.Segment, field, word, segment.into(found))
		}
		if all == nil {
			all = found
		} else {
			all.keep(found)
		}
	}
	return all
}

// filled returns the assets that have anything in a field.
func (s *SearchIndex) filled(field search.Field, n int) bitset {
	return s.having([]string{""}, n, field, (*search.Segment).FindWhole)
}
