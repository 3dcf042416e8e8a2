package bench

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/bench/gen"
	"github.com/thalweg-data/thalweg/internal/lineage"
)

// The generator knows which columns each expression reads; the SQL engine must find the
// same ones, through all CTEs, unions and windows.
func TestGeneratedLineageIsFound(t *testing.T) {
	t.Parallel()
	plan, err := gen.Standard(600).Plan()
	if err != nil {
		t.Fatal(err)
	}
	var manifest, catalog strings.Builder
	if err := plan.WriteManifest(&manifest); err != nil {
		t.Fatal(err)
	}
	if err := plan.WriteCatalog(&catalog); err != nil {
		t.Fatal(err)
	}
	project, err := lineage.NewReader().Read(t.Context(), strings.NewReader(manifest.String()), strings.NewReader(catalog.String()))
	if err != nil {
		t.Fatal(err)
	}
	traced, err := project.Trace(t.Context(), lineage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]map[string][]string{} // by model and output
	for i := range traced.Nodes {
		b := traced.Block(i)
		if b == nil {
			continue
		}
		outputs := map[string][]string{}
		for _, o := range b.Outputs {
			for _, e := range o.Edges {
				outputs[o.Name] = append(outputs[o.Name], traced.RefName(b.Refs[e.Ref])+"."+e.Column)
			}
		}
		found[traced.Nodes[i].UniqueID] = outputs
	}
	checked := 0
	for table := range plan.Tables() {
		if table.CompiledCode == "" {
			continue
		}
		for _, column := range table.Columns {
			var want []string
			for _, in := range column.Inputs {
				want = append(want, in.UniqueID+"."+in.Column)
			}
			got := found[table.UniqueID][column.Name]
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s.%s: inputs (-generator +engine):\n%s\n%s", table.UniqueID, column.Name, diff, table.CompiledCode)
			}
			checked++
		}
	}
	if checked < 10_000 {
		t.Errorf("%d columns were checked, want 10,000 at least", checked)
	}
}
