package catalog

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// world is a schema that lives through imports, as the pipeline would keep it.
type world struct {
	assets map[AssetID]StoredAsset
	nodes  map[nodeKey]StoredNode
}

func (w *world) identities(shuffle func([]StoredAsset, []StoredNode)) *Identities {
	assets := slices.Collect(maps.Values(w.assets))
	nodes := slices.Collect(maps.Values(w.nodes))
	if shuffle != nil {
		shuffle(assets, nodes)
	}
	return NewIdentities(assets, nodes)
}

// apply does what the pipeline does with an answer: moves nodes, withdraws
// those that are gone, and settles the assets' relations.
func (w *world) apply(origin Origin, claims []Claim, got []Resolution) {
	first := AssetID(len(w.assets) + 1)
	id := func(r Resolution) AssetID {
		if r.Asset != 0 {
			return r.Asset
		}
		return first + AssetID(r.New) - 1
	}
	for key, n := range w.nodes {
		if key.origin == origin {
			n.Withdrawn = true
			w.nodes[key] = n
		}
	}
	for i, r := range got {
		key := nodeKey{r.Origin, r.UniqueID}
		n := w.nodes[key]
		n.Origin, n.UniqueID, n.Asset = r.Origin, r.UniqueID, id(r)
		if i < len(claims) {
			n.Withdrawn, n.Kind, n.RelationKey = false, claims[i].Kind, claims[i].Relation.Key()
		}
		w.nodes[key] = n
		if _, ok := w.assets[n.Asset]; !ok {
			w.assets[n.Asset] = StoredAsset{ID: n.Asset, Kind: n.Kind, Name: r.UniqueID}
		}
	}
	for assetID, a := range w.assets {
		a.Present = false
		for _, n := range w.nodes {
			if n.Asset == assetID && !n.Withdrawn {
				a.Present, a.RelationKey, a.Kind = true, n.RelationKey, n.Kind
			}
		}
		w.assets[assetID] = a
	}
}

func genClaims(t *rapid.T, origin Origin) []Claim {
	var claims []Claim
	ids := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{
		"model.p.a", "model.p.b", "model.p.c", "source.p.a", "source.p.b", "group.p.g", "group.q.g",
	}), 0, 6, func(s string) string { return s }).Draw(t, "ids")
	for _, id := range ids {
		c := Claim{Origin: origin, UniqueID: id, Kind: kindOf(id), Name: id[len(id)-1:]}
		if c.Kind.IsTable() && rapid.IntRange(0, 5).Draw(t, "ephemeral") > 0 {
			c.Relation = relationOf("postgres", rapid.SampledFrom([]string{"d.s.x", "d.s.y", "d.s.z"}).Draw(t, "relation"))
		}
		claims = append(claims, c)
	}
	return claims
}

func TestResolveInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{assets: map[AssetID]StoredAsset{}, nodes: map[nodeKey]StoredNode{}}
		for range rapid.IntRange(1, 6).Draw(t, "imports") {
			origin := rapid.SampledFrom([]Origin{"dbt:a", "dbt:b"}).Draw(t, "origin")
			claims := genClaims(t, origin)
			if len(claims) == 0 {
				continue // the removals guard stops an empty manifest
			}
			got := w.identities(nil).Resolve(claims)
			checkOrder(t, w, claims, got)
			w.apply(origin, claims, got)
			checkWorld(t, w)
			// The same claims again change nothing.
			for i, r := range w.identities(nil).Resolve(claims) {
				if i >= len(claims) || r.New != 0 || r.From != 0 || r.Asset != w.nodes[nodeKey{r.Origin, r.UniqueID}].Asset {
					t.Fatalf("again: %s", formatResolution(r))
				}
			}
		}
	})
}

// checkOrder: neither the order of claims nor that of what is known matters.
func checkOrder(t *rapid.T, w *world, claims []Claim, got []Resolution) {
	shuffled := rapid.Permutation(claims).Draw(t, "order of claims")
	again := w.identities(func(a []StoredAsset, n []StoredNode) { slices.Reverse(a); slices.Reverse(n) }).Resolve(shuffled)
	sorted := func(rs []Resolution) []string {
		var out []string
		for _, r := range rs {
			out = append(out, string(r.Origin)+" "+formatResolution(r))
		}
		slices.Sort(out)
		return out
	}
	if diff := cmp.Diff(sorted(got), sorted(again)); diff != "" {
		t.Fatalf("the order of claims matters:\n%s", diff)
	}
	for i, c := range shuffled {
		if again[i].Origin != c.Origin || again[i].UniqueID != c.UniqueID {
			t.Fatalf("answer %d is about %s, not %s", i, again[i].UniqueID, c.UniqueID)
		}
	}
}

// checkWorld: one relation is one asset, and one asset is at one relation.
func checkWorld(t *rapid.T, w *world) {
	asset, key := map[string]AssetID{}, map[AssetID]string{}
	for node, n := range w.nodes {
		if n.Withdrawn {
			continue
		}
		if n.RelationKey != "" {
			if old, ok := asset[n.RelationKey]; ok && old != n.Asset {
				t.Fatalf("relation %s is assets %d and %d", n.RelationKey, old, n.Asset)
			}
			asset[n.RelationKey] = n.Asset
		}
		if old, ok := key[n.Asset]; ok && old != n.RelationKey {
			t.Fatalf("asset %d is at %q and %q (%s)", n.Asset, old, n.RelationKey, node.uniqueID)
		}
		key[n.Asset] = n.RelationKey
	}
}
