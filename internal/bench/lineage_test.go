package bench

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/lineage"
)

// BenchmarkLineage reads the SQL of a whole generated project into column
// edges, without a store: with the catalog and without it (all columns then come
// down from the sources), on one processor and on two; then with nothing
// changed, and with one model changed.
func BenchmarkLineage(b *testing.B) {
	dir := projectDir(b)
	for _, listed := range []struct {
		name    string
		catalog bool
	}{{"catalog", true}, {"alone", false}} {
		p := newTracedProject(b, filepath.Join(dir, "first"), listed.catalog)
		changed := newTracedProject(b, filepath.Join(dir, "changed"), listed.catalog)
		for _, processors := range []int{1, 2} {
			b.Run(listed.name+"/all/"+[]string{"", "one", "two"}[processors], func(b *testing.B) { p.all(b, processors) })
		}
		b.Run(listed.name+"/unchanged", func(b *testing.B) { p.again(b, p) })
		b.Run(listed.name+"/changed", func(b *testing.B) { p.again(b, changed) })
	}
}

// tracedProject is a project as the tracer sees it, and the Source of it: blocks
// are kept encoded, as a store would.
type tracedProject struct {
	tables []lineage.Table
	edges  []graph.Edge
	texts  map[catalog.Hash]string
	code   []int32 // tables that code makes
	bytes  int64   // of SQL
	kept   []lineage.Traced
	edgesN int
	read   int
}

func newTracedProject(b *testing.B, dir string, listed bool) *tracedProject {
	open := func(name string) *os.File {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = f.Close() })
		return f
	}
	var tables io.Reader
	if listed {
		tables = open("catalog.json")
	}
	project, err := lineage.NewReader().Read(b.Context(), open("manifest.json"), tables)
	if err != nil {
		b.Fatal(err)
	}
	p := &tracedProject{texts: map[catalog.Hash]string{}}
	p.tables, p.edges = project.Tables()
	for _, n := range project.Nodes {
		if p.texts[n.Compiled], err = project.Code(n.Compiled); err != nil {
			b.Fatal(err)
		}
	}
	for i := range p.tables {
		if code := p.tables[i].Code; code != nil {
			p.code = append(p.code, int32(i))
			p.bytes += int64(len(p.texts[code.Compiled]))
		}
	}
	p.kept = make([]lineage.Traced, len(p.tables))
	return p
}

func (p *tracedProject) all(b *testing.B, processors int) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
	var peak float64
	var spent time.Duration
	b.SetBytes(p.bytes)
	for b.Loop() {
		b.StopTimer()
		clear(p.kept)
		p.edgesN, p.read = 0, 0
		debug.FreeOSMemory()
		before, start := rssAnon(), cpu()
		b.StartTimer()
		p.run(b, p.code, lineage.Options{Workers: processors, Progress: func(done, total int64) {
			if done == total || done%2048 == 0 {
				peak = max(peak, rssAnon()-before)
			}
		}})
		spent += cpu() - start
	}
	b.ReportMetric(float64(spent.Milliseconds())/float64(b.N), "cpu-ms")
	b.ReportMetric(float64(p.edgesN), "edges")
	b.ReportMetric(peak, "MB-more")
	if p.read != len(p.code) {
		b.Fatalf("%d of %d models were read", p.read, len(p.code))
	}
}

// again follows a full run over p by one over its next state.
func (p *tracedProject) again(b *testing.B, next *tracedProject) {
	p.run(b, p.code, lineage.Options{})
	var due []int32
	for _, n := range next.code {
		if next == p || next.tables[n].Code.Compiled != p.tables[n].Code.Compiled {
			due = append(due, n)
		}
	}
	var spent time.Duration
	for b.Loop() {
		b.StopTimer()
		copy(next.kept, p.kept)
		next.read = 0
		start := cpu()
		b.StartTimer()
		next.run(b, due, lineage.Options{})
		spent += cpu() - start
	}
	b.ReportMetric(float64(spent.Microseconds())/1000/float64(b.N), "cpu-ms")
	b.ReportMetric(float64(len(due)), "due")
	b.ReportMetric(float64(next.read), "read")
}

func (p *tracedProject) run(b *testing.B, due []int32, o lineage.Options) {
	t, err := lineage.NewTracer(p.tables, p.edges, p, o)
	if err != nil {
		b.Fatal(err)
	}
	if err := t.Run(b.Context(), due); err != nil {
		b.Fatal(err)
	}
}

func (p *tracedProject) Load(context.Context, []int32) error { return nil }

func (p *tracedProject) Columns(int32) lineage.Columns { return lineage.Columns{} }

func (p *tracedProject) Inferred(n int32) lineage.Columns {
	if p.kept[n].Encoded == nil {
		return lineage.Columns{}
	}
	block, err := lineage.Decode(p.kept[n].Encoded)
	if err != nil {
		return lineage.Columns{}
	}
	return block.Columns()
}

func (p *tracedProject) Texts(context.Context, []catalog.Hash) (map[catalog.Hash]string, error) {
	return p.texts, nil
}

func (p *tracedProject) IsCurrent(n int32, key catalog.Hash) bool {
	return p.kept[n].Encoded != nil && p.kept[n].Key == key
}

func (p *tracedProject) Keep(_ context.Context, traced []lineage.Traced) error {
	for _, t := range traced {
		p.edgesN += t.Block.EdgeCount()
		p.kept[t.Table] = lineage.Traced{Key: t.Key, Encoded: t.Encoded}
	}
	p.read += len(traced)
	return nil
}
