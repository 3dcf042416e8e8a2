package readmodel

import (
	"reflect"
	"sync"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
)

// names are what the present assets of a version are found by in selectors. They are made when first asked for, and
// shared with the next version if that changed none of them.
type names struct {
	once   sync.Once
	others []otherName
	index  *graph.Names
}

// otherName is a dbt node that is not the leading one of its asset.
type otherName struct {
	asset int32
	node  *catalog.OtherNode
}

// named returns the names of the present assets.
func (a *Assets) named() *names {
	n := a.names
	n.once.Do(func() {
		for i, asset := range a.present {
			for k := range asset.Others {
				n.others = append(n.others, otherName{int32(i), &asset.Others[k]})
			}
		}
		n.index = graph.NewNames(assetNames{a.present, n.others})
	})
	return n
}

// assetNames are assets, then further names of some of them.
type assetNames struct {
	present []*Asset
	others  []otherName
}

func (n assetNames) Len() int { return len(n.present) + len(n.others) }

func (n assetNames) Attributes(name int32) graph.Attributes {
	if further := int(name) - len(n.present); further >= 0 {
		return n.others[further].attributes(n.present)
	}
	return n.present[name].attributes()
}

// sameNames reports whether two states of an asset are found by the same names.
func sameNames(a, b *Asset) bool {
	x, y := a.attributes(), b.attributes()
	x.Tags, y.Tags = nil, nil
	return reflect.DeepEqual(x, y) && reflect.DeepEqual(a.Others, b.Others)
}
