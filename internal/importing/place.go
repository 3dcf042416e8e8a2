package importing

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/klauspost/compress/s2"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/revision"
	"github.com/thalweg-data/thalweg/internal/store"
)

// builtNode is a model, seed or snapshot that is new or changed.
type builtNode struct {
	claim    int            // its index
	place    string         // as catalog.PlaceOf
	target   catalog.Target // that follows from its address and config
	external bool           // of another project
}

// isBuilt reports whether an id is that of a node that dbt builds in its target.
func isBuilt(id string) bool {
	return strings.HasPrefix(id, "model.") || strings.HasPrefix(id, "seed.") || strings.HasPrefix(id, "snapshot.")
}

// built returns where a node is built.
func (c converter) built(n *dbt.Node, claim int, kind catalog.Kind) builtNode {
	return builtNode{claim: claim, place: catalog.PlaceOf(c.relation(n, kind).Key()), target: targetOfNode(n), external: n.IsExternal(c.project)}
}

// targetOfNode undoes what dbt makes of the target's schema and a custom one of the
// config: "target_custom" by default, or the custom schema alone, which does not depend on
// the target.
func targetOfNode(n *dbt.Node) catalog.Target {
	t := catalog.Target{Database: n.Database, Schema: n.Schema}
	if n.CustomDatabase != "" && strings.EqualFold(n.CustomDatabase, n.Database) {
		t.Database = ""
	}
	if n.CustomSchema == "" {
		return t
	}
	suffix := "_" + n.CustomSchema
	switch start := len(n.Schema) - len(suffix); {
	case strings.EqualFold(n.Schema, n.CustomSchema):
		t.Schema = ""
	case start > 0 && strings.EqualFold(n.Schema[start:], suffix):
		t.Schema = n.Schema[:start]
	}
	return t
}

// targetOf is the target of most nodes.
func targetOf(nodes []builtNode) catalog.Target {
	databases, schemas := map[string]int{}, map[string]int{}
	for i := range nodes {
		if n := &nodes[i]; !n.external {
			databases[n.target.Database]++
			schemas[n.target.Schema]++
		}
	}
	return catalog.Target{Database: most(databases), Schema: most(schemas)}
}

// most is the text that was counted most often, without the empty one; the first of
// several in their order.
func most(counts map[string]int) string {
	delete(counts, "")
	if len(counts) == 0 {
		return ""
	}
	return slices.MinFunc(slices.Collect(maps.Keys(counts)), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
}

// targetCheck compares the nodes of a manifest with the target that feeds the schema.
type targetCheck struct {
	*job
	manifest *manifestIndex
	memo     targetMemo
	places   map[string]string // of the changed nodes that the target's first manifest has
	byPlace  bool              // there are places to compare with

	compared  int
	elsewhere []int // of manifest.built
	fresh     []int
	same      map[string]bool // unchanged nodes
}

// node is the claim of a changed node.
func (c *targetCheck) node(i int) *revision.Claim {
	return &c.manifest.claims[c.manifest.built[i].claim]
}

func (c *targetCheck) run(ctx context.Context) error {
	if err := c.readPlaces(ctx); err != nil {
		return err
	}
	c.same = map[string]bool{}
	for i := range c.manifest.claims {
		if claim := &c.manifest.claims[i]; claim.Same && isBuilt(claim.ID) {
			c.same[claim.ID] = true
			c.compared++
		}
	}
	for _, id := range c.memo.New {
		if c.same[id] {
			c.compared--
		}
	}
	for i := range c.manifest.built {
		switch n := &c.manifest.built[i]; {
		case n.external || c.byPlace && c.places[c.node(i).ID] == "":
			c.fresh = append(c.fresh, i)
		default:
			if c.compared++; c.isElsewhere(n) {
				c.elsewhere = append(c.elsewhere, i)
			}
		}
	}
	return nil
}

// isElsewhere reports whether a node is not in the target.
func (c *targetCheck) isElsewhere(n *builtNode) bool {
	target := c.project.Target
	if !c.byPlace {
		return !target.IsZero() && !sameTarget(target, n.target)
	}
	at := c.places[c.manifest.claims[n.claim].ID]
	return !catalog.SamePlace(at+".", n.place+".") && (target.Schema == "" || n.target.Schema == "" || !sameTarget(target, n.target))
}

// sameTarget compares the parts that both have.
func sameTarget(a, b catalog.Target) bool {
	same := func(a, b string) bool { return a == "" || b == "" || strings.EqualFold(a, b) }
	return same(a.Database, b.Database) && same(a.Schema, b.Schema)
}

// moved reports whether most nodes are not in the target.
func (c *targetCheck) moved() bool {
	return 2*(len(c.elsewhere)+len(c.before(c.memo.Elsewhere))) > c.compared
}

// before are those of some nodes that are in the manifest and did not change.
func (c *targetCheck) before(ids []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !c.same[id] })
}

// applied returns what is to be kept of a manifest that is applied as the newest one.
// The first one sets the target, and so does one that is forced to be of another.
func (c *targetCheck) applied() targetMemo {
	memo := c.memo
	moved := c.moved()
	if c.project.Target.IsZero() || moved {
		c.project.Target = targetOf(c.manifest.built)
	}
	if !memo.Placed || moved {
		memo.Placed = true
		c.memos = append(c.memos, encodePlaces(c.project.ID, c.manifest))
		c.elsewhere, c.fresh = nil, slices.DeleteFunc(c.fresh, func(i int) bool { return !c.manifest.built[i].external })
		memo.Elsewhere, memo.New = nil, nil
	}
	memo.Elsewhere = c.before(memo.Elsewhere)
	for _, i := range c.elsewhere {
		memo.Elsewhere = append(memo.Elsewhere, c.node(i).ID)
	}
	memo.New = c.before(memo.New)
	for _, i := range c.fresh {
		memo.New = append(memo.New, c.node(i).ID)
	}
	slices.Sort(memo.Elsewhere)
	slices.Sort(memo.New)
	return memo
}

// readPlaces reads where the target has the changed nodes. Of a project that was there
// before targets were kept, the stored tables tell it.
func (c *targetCheck) readPlaces(ctx context.Context) error {
	newest := c.project.Newest(catalog.FromManifest)
	c.byPlace = c.memo.Placed || c.project.Target.IsZero() && !newest.IsZero()
	if !c.byPlace || len(c.manifest.built) == 0 {
		return nil
	}
	wanted := make(map[string]bool, len(c.manifest.built))
	for i := range c.manifest.built {
		wanted[c.node(i).ID] = true
	}
	if c.memo.Placed {
		b, err := c.Store.Fingerprint(ctx, c.claim.WS, c.schema.ID, c.project.ID, placesMemoName)
		if err == nil {
			c.places, err = decodePlaces(b, wanted)
		}
		if err != nil {
			return fmt.Errorf("places of %s: %w", c.project.ID, err)
		}
		return nil
	}
	stored, err := c.Store.NodeAssets(ctx, c.claim.WS, c.schema.ID, c.project.Origin(), slices.Collect(maps.Keys(wanted)))
	c.places = make(map[string]string, len(stored))
	for id, a := range stored {
		c.places[id] = catalog.PlaceOf(a.RelationKey)
	}
	return err
}

// encodePlaces writes where a manifest that was read as a whole has its nodes: each
// place and its nodes, all of them ended by NUL, and a NUL after the last node.
func encodePlaces(project catalog.ProjectID, m *manifestIndex) store.Memo {
	byPlace := map[string][]string{}
	for i := range m.built {
		if n := &m.built[i]; !n.external {
			byPlace[n.place] = append(byPlace[n.place], m.claims[n.claim].ID)
		}
	}
	var raw []byte
	for _, place := range slices.Sorted(maps.Keys(byPlace)) {
		raw = append(append(raw, place...), 0)
		slices.Sort(byPlace[place])
		for _, id := range byPlace[place] {
			raw = append(append(raw, id...), 0)
		}
		raw = append(raw, 0)
	}
	return store.Memo{Project: project, Name: placesMemoName, Value: s2.Encode(nil, raw)}
}

// decodePlaces reads the places of some nodes.
func decodePlaces(b []byte, wanted map[string]bool) (map[string]string, error) {
	if size, err := s2.DecodedLen(b); err != nil || size > maxFingerprint {
		return nil, errFingerprint
	}
	raw, err := s2.Decode(nil, b)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(wanted))
	place, within := "", false
	for len(raw) > 0 {
		text, rest, ended := bytes.Cut(raw, []byte{0})
		switch raw = rest; {
		case !ended:
			return nil, errFingerprint
		case !within:
			place, within = string(text), true
		case len(text) == 0:
			within = false
		case wanted[string(text)]:
			out[string(text)] = place
		}
	}
	return out, nil
}
