package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// unusedBudget is for exports that only tests call: store.Job, which shows the tests of jobs how one ended. It may only
// fall.
const unusedBudget = 1

func TestUnusedExportsFall(t *testing.T) {
	packages, err := Load(t.Context(), "../../...")
	if err == nil && len(packages) < 20 {
		t.Errorf("only %d packages were read", len(packages))
	}
	withinBudget(t, Unused(packages, House()), err, unusedBudget)
}

func TestUnused(t *testing.T) {
	source := map[string]string{
		"store": `package store
type Store struct{}
type Reader interface{ Rows() int }
func (Store) Called() { (Store{}).unexported(); Helper() }
func (Store) Uncalled() {}
func (Store) Rows() int { return 0 }
func (Store) String() string { return "" }
func (Store) unexported() {}
func Helper() {}
func Forgotten() {}
type List[T any] struct{}
func (List[T]) Used() {}
func use() { List[int]{}.Used(); Store{}.Called() }`,
		"storetest":    `package storetest; func Run() {}`,
		"sql/resolve":  `package resolve; func Resolve() {}`,
		"store/sqlite": `package sqlite; func Open() {}`,
	}
	var packages []Package
	for folder, text := range source {
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, folder+".go", text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		p := Package{Path: House().Module + "/internal/" + folder, Set: set, Info: &types.Info{
			Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		}}
		if _, err := (&types.Config{}).Check(p.Path, set, []*ast.File{f}, p.Info); err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	var got []string
	for _, v := range Unused(packages, House()) {
		got = append(got, strings.ReplaceAll(v.String(), House().Module+"/internal/", ""))
	}
	slices.Sort(got)
	want := []string{
		"store.go:10: store.Forgotten is exported and unused",
		"store.go:5: (store.Store).Uncalled is exported and unused",
		"store/sqlite.go:1: store/sqlite.Open is exported and unused",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("unused (-want +got):\n%s", diff)
	}
}
