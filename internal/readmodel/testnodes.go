package readmodel

import (
	"context"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
)

// TestNodes are the data tests of a version as nodes of its graph. Data tests are not assets, but dbt's selectors go
// through them: @orders and +path:models/marts include what the tests in there compare with. They are a part of their
// own, since few selectors need them.
type TestNodes struct {
	nodes  []testNode
	graph  *graph.Graph // of the assets, and of the tests by the numbers after them
	tables *TableGraph  // that graph was made from
	bytes  int64
}

type testNode struct {
	graph.Attributes
	project  catalog.ProjectID
	severity string
}

func (t *TestNodes) size() int64 { return t.bytes }

// config is what is known of a test's configuration.
func (t *testNode) config(path string) []string {
	switch path {
	case "severity":
		if t.severity == "" {
			return []string{"error"} // dbt's default
		}
		return []string{t.severity}
	case "materialized":
		return []string{"test"}
	case "enabled":
		return []string{"true"}
	case "tags":
		return t.Tags
	}
	return nil
}

func loadTestNodes(ctx context.Context, m *Model, s schemaKey, version int64) (part sized, err error) {
	tables, err := m.tableGraph(ctx, s, version)
	if err != nil {
		return nil, err
	}
	err = m.cache.work(ctx, func() error {
		t := &TestNodes{tables: tables}
		part = t
		return t.read(ctx, m, s, version)
	})
	if err != nil {
		return nil, err
	}
	return part, nil
}

// nextTestNodes keeps the tests of a version that changes neither them nor the graph; everything else asks for a load.
func nextTestNodes(_ context.Context, _ *Model, _ schemaKey, old sized, d catalog.VersionDelta, _ assetsOf) (sized, error) {
	if len(d.Tests) > 0 || len(d.EdgesInto) > 0 || len(d.Assets) > 0 {
		return nil, nil //nolint:nilnil // asks for a load
	}
	return old, nil
}

// testNodeBatch is how many tests are read at a time.
const testNodeBatch = 2000

func (t *TestNodes) read(ctx context.Context, m *Model, s schemaKey, version int64) error {
	assets := t.tables.assets
	numbers := assets.byNode()
	edges := t.tables.graph.Within(allOf(t.tables.graph))
	err := m.eachTest(ctx, s, version, func(test *catalog.Test) {
		if !test.Body.Enabled {
			return
		}
		number := int32(len(assets.present) + len(t.nodes))
		for _, parent := range test.Body.Parents {
			if from, ok := numbers[catalog.NodeRef{Project: test.Project, UniqueID: parent}]; ok {
				edges = append(edges, graph.Edge{From: from, To: number})
			}
		}
		t.nodes = append(t.nodes, testNodeOf(test))
	})
	if err != nil {
		return err
	}
	t.graph, err = graph.New(len(assets.present)+len(t.nodes), edges)
	t.bytes = int64(len(t.nodes))*testNodeBytes + int64(t.graph.Len()+t.graph.Edges())*8
	return err
}

// eachTest calls fn with every test of a version, some of them read at a time.
func (m *Model) eachTest(ctx context.Context, s schemaKey, version int64, fn func(*catalog.Test)) error {
	refs, err := m.store.TestRefs(ctx, s.ws, s.schema, version, nil)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(refs, testNodeBatch) {
		ids := make([]catalog.TestID, len(some))
		for i := range some {
			ids[i] = some[i].ID
		}
		tests, err := m.store.TestsByID(ctx, s.ws, s.schema, version, ids)
		if err != nil {
			return err
		}
		for i := range tests {
			fn(&tests[i])
		}
	}
	return nil
}

// testNodeBytes is about what a test takes, its texts included.
const testNodeBytes = 800

func testNodeOf(t *catalog.Test) testNode {
	b := &t.Body
	n := testNode{project: t.Project, severity: b.Severity, Attributes: graph.Attributes{
		ResourceType: "test", Name: b.Name, Package: b.Package, FQN: b.FullName(), Path: b.Path, Tags: b.Tags,
	}}
	if b.Kind == "generic" {
		n.Test = b.Test[strings.LastIndexByte(b.Test, '.')+1:]
	}
	return n
}

func allOf(g *graph.Graph) []int32 {
	all := make([]int32, g.Len())
	for i := range all {
		all[i] = int32(i)
	}
	return all
}

// byNode returns the numbers of the present assets by the dbt nodes that describe them.
func (a *Assets) byNode() map[catalog.NodeRef]int32 {
	numbers := make(map[catalog.NodeRef]int32, len(a.present))
	for i, asset := range a.present {
		if asset.UniqueID != "" {
			numbers[catalog.NodeRef{Project: asset.Project, UniqueID: asset.UniqueID}] = int32(i)
		}
		for _, other := range asset.Others {
			numbers[other.NodeRef] = int32(i)
		}
	}
	return numbers
}
