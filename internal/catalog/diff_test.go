package catalog

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func told(changes []Change) []string {
	var out []string
	for _, c := range changes {
		s := string(c.Kind)
		if c.Column != "" {
			s += " column " + c.Column
		}
		if c.Field != "" {
			s += fmt.Sprintf(" %s: %q -> %q", c.Field, c.Old, c.New)
		}
		out = append(out, s)
	}
	return out
}

func TestDiffAsset(t *testing.T) {
	asset := func(change func(*Asset)) *Asset {
		a, _ := Merge(1, []Facet{manifestFacet("text")}, Policy{})
		if change != nil {
			change(&a)
		}
		return &a
	}
	columns := func(cs ...Column) []Column { return cs }
	id := Column{Name: "id", Ordinal: 1, Type: Type{Native: "int", Canonical: "int32"}, Present: true}
	with := func(c Column, change func(*Column)) Column { change(&c); return c }
	tests := []struct {
		name           string
		before, after  *Asset
		columns, newer []Column
		want           []string
	}{
		{"nothing", asset(nil), asset(nil), columns(id), columns(id), nil},
		{"created", nil, asset(nil), nil, columns(id), []string{"created"}},
		{
			"created as removed", nil, asset(func(a *Asset) { a.Present, a.RemovedBy = false, ImportCause(4) }), nil, columns(id),
			[]string{"created", "removed"},
		},
		{"gone", asset(nil), nil, nil, nil, []string{"removed"}},
		{
			"removed", asset(nil), asset(func(a *Asset) { a.Present, a.RemovedBy = false, ImportCause(4) }), nil, nil,
			[]string{"removed"},
		},
		{
			"restored, and changed meanwhile",
			asset(func(a *Asset) { a.Present, a.RemovedBy = false, ImportCause(4) }), asset(func(a *Asset) { a.Tags = []string{"x", "y"} }), nil, nil,
			[]string{"restored", `updated tags: "" -> "x, y"`},
		},
		{
			"a text brought again is no change",
			asset(nil), asset(func(a *Asset) { a.Description.Cause = ImportCause(99) }), nil, nil, nil,
		},
		{
			"a text kept is",
			asset(nil), asset(func(a *Asset) { a.Description.Since = ImportCause(9) }), nil, nil,
			[]string{`updated description_source: "dbt:shop" -> "dbt:shop, no longer since IMP-9"`},
		},
		{
			"fields",
			asset(nil), asset(func(a *Asset) {
				a.Name, a.Materialized = "orders2", "view"
				a.Relation.Identifier, a.RelationKey = "orders2", "shop.main.orders2"
				a.DBT = &DBT{UniqueID: "model.shop.orders", ResourceType: "model", Access: "public", Contract: true}
				a.Code = &Code{Checksum: "x"}
				a.Meta = json.RawMessage(`{"a":1}`)
			}), nil, nil,
			[]string{
				`updated name: "orders" -> "orders2"`,
				`updated relation: "shop.main.orders" -> "shop.main.orders2"`,
				`updated materialized: "table" -> "view"`,
				`updated meta: "" -> "{\"a\":1}"`,
				`updated access: "" -> "public"`,
				`updated contract: "false" -> "true"`,
				`updated code: "" -> "changed"`,
			},
		},
		{
			"columns",
			asset(nil), asset(nil),
			columns(id, with(id, func(c *Column) { c.Name = "gone" }), with(id, func(c *Column) { c.Name = "off" })),
			columns(
				with(id, func(c *Column) { c.Name = "new" }),
				with(id, func(c *Column) { c.Name, c.Type.Native, c.Ordinal = "ID", "bigint", 2 }),
				with(id, func(c *Column) { c.Name, c.Present = "off", false }),
			),
			[]string{
				"created column new", `updated column ID name: "id" -> "ID"`, `updated column ID type: "int" -> "bigint"`,
				"removed column off", "removed column gone",
			},
		},
		{
			"a column that only moves is no change",
			asset(nil), asset(nil), columns(id), columns(with(id, func(c *Column) { c.Ordinal = 5 })), nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, told(DiffAsset(tt.before, tt.after, tt.columns, tt.newer))); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}

// volatile are the fields that may differ without a word of it.
var volatile = []string{
	"Description.Cause.Kind", "Description.Cause.ID", "Description.By.Kind", "Description.By.ID", "RemovedBy.Kind", "RemovedBy.ID",
	"Listed", "ColumnCount", "Others", "Code.CompiledBy.Kind", "Code.CompiledBy.ID", "Code.CompiledAt.At", "Code.CompiledAt.Tie", "ID", "CreatedAt", "UpdatedAt", "Version",
}

// TestDiffAssetSeesEveryField sets each field of an asset in turn: the diff and
// the hash must both see it, or both not, so that a field that is added later
// cannot be forgotten in one of them.
func TestDiffAssetSeesEveryField(t *testing.T) {
	zero := Asset{Present: true}
	full := Asset{Present: true, DBT: &DBT{}, Code: &Code{}}
	for _, path := range fieldPaths(reflect.TypeFor[Asset](), "") {
		before, after := zero, zero
		if strings.HasPrefix(path, "DBT.") || strings.HasPrefix(path, "Code.") {
			before, after = full, full
		}
		d, c := DBT{}, Code{}
		after.DBT, after.Code = nil, nil
		if before.DBT != nil {
			after.DBT, after.Code = &d, &c
		}
		setField(t, reflect.ValueOf(&after).Elem(), path)
		changes := DiffAsset(&before, &after, nil, nil)
		same := AssetHash(before) == AssetHash(after)
		want := !slices.Contains(volatile, path)
		if (len(changes) > 0) != want || same == want {
			t.Errorf("%s: %d changes, same hash %v", path, len(changes), same)
		}
	}
}

func TestColumnDiffSeesEveryField(t *testing.T) {
	for _, path := range fieldPaths(reflect.TypeFor[Column](), "") {
		before := []Column{{Name: "a", Present: true}}
		after := slices.Clone(before)
		setField(t, reflect.ValueOf(&after[0]).Elem(), path)
		changes := DiffAsset(&Asset{}, &Asset{}, before, after)
		if want := !slices.Contains(volatile, path) && path != "Ordinal"; (len(changes) > 0) != want {
			t.Errorf("%s: changes %v", path, told(changes))
		}
		if same := ColumnsHash(before) == ColumnsHash(after); same != slices.Contains(volatile, path) {
			t.Errorf("%s: same hash %v", path, same)
		}
	}
}

// fieldPaths lists the fields of a struct, those of nested structs in place of
// the struct.
func fieldPaths(of reflect.Type, prefix string) []string {
	var out []string
	for i := range of.NumField() {
		f := of.Field(i)
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct && inner.PkgPath() == of.PkgPath() {
			out = append(out, fieldPaths(inner, prefix+f.Name+".")...)
			continue
		}
		out = append(out, prefix+f.Name)
	}
	return out
}

// setField gives a field another value than it has.
func setField(t *testing.T, v reflect.Value, path string) {
	t.Helper()
	for name := range strings.SplitSeq(path, ".") {
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		v = v.FieldByName(name)
	}
	switch v.Interface().(type) {
	case json.RawMessage:
		v.SetBytes([]byte(`{"a":1}`))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), v.Len()+1, v.Len()+1))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("another"), reflect.Zero(v.Type().Elem()))
	case reflect.Array:
		v.Index(0).SetUint(1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		if v.Type().Elem().Kind() == reflect.String {
			v.Elem().SetString("x")
		}
	case reflect.Struct:
		v.Set(reflect.ValueOf(time.Unix(1, 0)))
	default:
		t.Fatalf("field %s: kind %s is not known here", path, v.Kind())
	}
}

func TestCounters(t *testing.T) {
	merge := func(facets ...Facet) (*Asset, []Column) {
		a, columns := Merge(1, facets, Policy{})
		return &a, columns
	}
	delta := func(before, after []Facet) Transition {
		var d Transition
		if before != nil {
			d.Before, d.ColumnsBefore = merge(before...)
		}
		d.After, d.ColumnsAfter = merge(after...)
		return d
	}
	plain := manifestFacet("text", column("id", "int"))
	described := manifestFacet("text", withText(column("id", "int"), "key"))
	tests := []struct {
		name  string
		delta Transition
		want  [4]int64 // tables created, updated; columns created, updated
	}{
		{"new", delta(nil, []Facet{plain}), [4]int64{1, 0, 1, 0}},
		{"unchanged", delta([]Facet{plain}, []Facet{next(plain, 2)}), [4]int64{}},
		{"description", delta([]Facet{plain}, []Facet{manifestFacet("other", column("id", "int"))}), [4]int64{0, 1, 0, 0}},
		{"column's description", delta([]Facet{plain}, []Facet{described}), [4]int64{0, 0, 0, 1}},
		{"a column more, in front", delta([]Facet{plain}, []Facet{manifestFacet("text", column("a", ""), column("id", "int"))}), [4]int64{0, 0, 1, 0}},
		{"removed", delta([]Facet{plain}, []Facet{withdrawn(plain, 2)}), [4]int64{}},
		{"restored", delta([]Facet{withdrawn(plain, 2)}, []Facet{plain}), [4]int64{0, 1, 0, 0}},
		{
			"column absent", delta([]Facet{plain, catalogFacet(column("id", "int"), column("b", "int"))},
				[]Facet{plain, catalogFacet(column("id", "int"), BodyColumn{Name: "b", NativeType: "int", Absent: withdrawnBy(2)})}),
			[4]int64{},
		},
		{
			"column restored", delta([]Facet{plain, catalogFacet(column("id", "int"), BodyColumn{Name: "b", NativeType: "int", Absent: withdrawnBy(2)})},
				[]Facet{plain, catalogFacet(column("id", "int"), column("b", "int"))}),
			[4]int64{0, 0, 0, 1},
		},
		{"a crawl's table is none of dbt's", delta(nil, []Facet{crawlFacet(column("id", "int"))}), [4]int64{}},
		{"dbt adopts a crawled table", delta([]Facet{crawlFacet(column("id", "int"))}, []Facet{crawlFacet(column("id", "int")), plain}), [4]int64{0, 1, 0, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got [4]int64
			got[0], got[1] = CountTables([]Transition{tt.delta})
			got[2], got[3] = CountColumns([]Transition{tt.delta})
			if got != tt.want {
				t.Errorf("counters %v, want %v; changes %v", got, tt.want,
					told(DiffAsset(tt.delta.Before, tt.delta.After, tt.delta.ColumnsBefore, tt.delta.ColumnsAfter)))
			}
		})
	}
}

func TestDiffAgreesWithHashes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, columnsA := Merge(1, genFacets(t), genPolicy(t))
		b, columnsB := Merge(1, genFacets(t), genPolicy(t))
		if changes := DiffAsset(&a, &a, columnsA, columnsA); changes != nil {
			t.Fatalf("an asset differs from itself: %v", told(changes))
		}
		same := AssetHash(a) == AssetHash(b)
		if changes := DiffAsset(&a, &b, nil, nil); same != (len(changes) == 0) {
			t.Fatalf("same hash %v, changes %v", same, told(changes))
		}
		if ColumnsHash(columnsA) == ColumnsHash(columnsB) && len(DiffAsset(&a, &a, columnsA, columnsB)) > 0 {
			t.Fatal("columns of one hash differ")
		}
	})
}
