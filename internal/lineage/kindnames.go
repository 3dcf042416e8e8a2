package lineage

import (
	"fmt"
	"strings"

	"github.com/thalweg-data/thalweg/internal/near"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

const allKinds = ^resolve.KindSet(0)

// kindsByName are the names of kinds, and of groups of them.
var kindsByName = func() map[string]resolve.KindSet {
	words := map[string]resolve.KindSet{}
	for k := resolve.KindSet(1); len(k.Names()) == 1; k <<= 1 {
		words[k.Names()[0]] = k
		if k.IsValue() {
			words["value"] |= k
		} else {
			words["indirect"] |= k
		}
	}
	return words
}()

// ParseKinds reads names of kinds, separated by commas: "identity,rename", or
// "value" and "indirect" for all of either sort. An empty text means none; an
// unknown name is an error that lists the known ones.
func ParseKinds(text string) (resolve.KindSet, error) {
	var kinds resolve.KindSet
	if strings.TrimSpace(text) == "" {
		return 0, nil
	}
	for name := range strings.SplitSeq(text, ",") {
		k, ok := kindsByName[strings.TrimSpace(name)]
		if !ok {
			name, all := strings.TrimSpace(name), append([]string{"value", "indirect"}, allKinds.Names()...)
			return 0, fmt.Errorf("%q is not a kind of column edge; %s", name, near.Choice(name, all))
		}
		kinds |= k
	}
	return kinds, nil
}

// ParseConfidence reads the name of a confidence; an empty text means the
// lowest that an edge can have.
func ParseConfidence(text string) (resolve.Confidence, error) {
	if text == "" {
		return resolve.Ambiguous, nil
	}
	var names []string
	for c := resolve.FromSchema; c <= resolve.Ambiguous; c++ {
		if c.String() == text {
			return c, nil
		}
		names = append(names, c.String())
	}
	return 0, fmt.Errorf("%q is not a confidence; %s", text, near.Choice(text, names))
}
