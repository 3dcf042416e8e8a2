package lineage

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// foldedEdges are the edges of a block with all names in lower case, so that
// warehouses can be compared. Kinds are left out: a warehouse casts where
// another has no need to.
func (l *ProjectLineage) foldedEdges(b *Block) []string {
	var out []string
	for _, o := range b.Outputs {
		for _, e := range o.Edges {
			from := l.RefName(b.Refs[e.Ref])
			if b.Refs[e.Ref].Table == 0 {
				from = from[strings.LastIndexByte(from, '.')+1:] // schemas are called differently
			}
			out = append(out, strings.ToLower(o.Name+" < "+from+"."+e.Column))
		}
	}
	slices.Sort(out)
	return out
}

// otherByWarehouse are the models that are not the same everywhere, with the
// reason.
var otherByWarehouse = map[string]string{
	"clickhouse/model.jaffle_shop.report":                 "not compiled there",
	"starrocks/model.jaffle_shop.child_of_col_with_space": "double quotes make a string there, not a column",
}

// One project that was run in eleven warehouses has the same edges in each,
// wherever it has the same models.
func TestSameProjectInElevenWarehouses(t *testing.T) {
	base := filepath.Join(artifactsDir(t), "b-ned__dbt-colibri")
	projects := map[string]*ProjectLineage{}
	for _, path := range manifests(t) {
		if folder := filepath.Base(filepath.Dir(path)); strings.HasPrefix(path, base) && folder != "ephemeral_finance_core" {
			projects[folder] = traceFiles(t, path)
		}
	}
	if len(projects) == 0 {
		t.Skip("SKIPPED: no project that was run in several warehouses")
	}
	first := projects["postgres"]
	platforms := map[string]bool{}
	for folder, l := range projects {
		platforms[l.Head.AdapterType] = true
		same := 0
		for i, n := range l.Nodes {
			at, ok := first.number[n.UniqueID]
			if !ok || l.Block(i) == nil || first.Block(int(at)) == nil {
				continue
			}
			want, got := first.foldedEdges(first.Block(int(at))), l.foldedEdges(l.Block(i))
			if equal := slices.Equal(want, got); equal == (otherByWarehouse[folder+"/"+n.UniqueID] != "") {
				t.Errorf("%s/%s has edges\n%s\npostgres has\n%s", folder, n.UniqueID, strings.Join(got, "\n"), strings.Join(want, "\n"))
			} else if equal {
				same++
			}
		}
		if same < 12 {
			t.Errorf("%s shares only %d models with postgres", folder, same)
		}
	}
	if len(platforms) != 11 {
		t.Errorf("%d warehouses", len(platforms))
	}
}
