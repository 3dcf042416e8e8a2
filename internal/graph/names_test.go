package graph

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// indexedShop is a shop with an index of its names.
type indexedShop struct {
	*shop
	names *Names
}

func (s indexedShop) Names() *Names { return s.names }

// TestNames compares what names are found with and without an index, over names that share their parts and have dots.
func TestNames(t *testing.T) {
	word := rapid.SampledFrom([]string{"a", "b", "a.b", "a_v1", "v1", "v1.5", "shop", ""})
	rapid.Check(t, func(t *rapid.T) {
		plain := &shop{}
		for range rapid.IntRange(1, 12).Draw(t, "nodes") {
			a := Attributes{
				ResourceType: rapid.SampledFrom([]string{"model", "seed", "source", "macro", "test"}).Draw(t, "type"),
				FQN:          rapid.SliceOfN(word, 0, 4).Draw(t, "fqn"),
			}
			if a.ResourceType == "model" && len(a.FQN) > 0 && rapid.Bool().Draw(t, "versioned") {
				a.Version = strings.TrimPrefix(a.FQN[len(a.FQN)-1], "v")
			}
			plain.add("", nil, a)
		}
		indexed := indexedShop{plain, NewNames(plain)}
		value := strings.Join(rapid.SliceOfN(word, 1, 4).Draw(t, "value"), ".")
		sought := term{method: "fqn", value: value, parents: 1}
		want, _ := sought.find(&meter{u: plain})
		got, _ := sought.find(&meter{u: indexed})
		slices.Sort(got)
		if got = slices.Compact(got); !slices.Equal(got, want) {
			t.Fatalf("%q: with the index %v, without %v", value, got, want)
		}
		if got, want := sought.namesOnly(&meter{u: indexed}), sought.namesOnly(&meter{u: plain}); got != want {
			t.Fatalf("%q is the name of a node only: with the index %v, without %v", value, got, want)
		}
	})
}
