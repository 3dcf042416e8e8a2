package ast

import (
	"reflect"
	"testing"
)

// TestChildrenAreComplete fills every field of every node type that can hold
// nodes and holds that Children finds each of them.
func TestChildrenAreComplete(t *testing.T) {
	for _, n := range []Node{
		&Script{}, &Query{}, &CTE{}, &PipeOp{}, &Select{}, &SetOperation{}, &Values{}, &TableRef{}, &Derived{}, &TableFunction{},
		&Join{}, &ArrayJoin{}, &Pivot{}, &Unpivot{}, &MatchRecognize{}, &BadTable{}, &ColumnRef{}, &Star{}, &Literal{}, &Interval{},
		&Keyword{}, &Parameter{}, &Unary{}, &Binary{}, &Like{}, &Between{}, &In{}, &Quantified{}, &Subquery{}, &Case{}, &Cast{},
		&Call{}, &Lambda{}, &Collection{}, &Access{}, &BadExpr{}, &QueryStatement{}, &Create{}, &Insert{}, &MultiInsert{},
		&Update{}, &Delete{}, &Merge{}, &Block{}, &SetVariable{}, &OtherStatement{}, &BadStatement{},
	} {
		planted := map[Node]string{}
		plant(reflect.ValueOf(n).Elem(), reflect.TypeOf(n).String(), planted, 0)
		Children(n, func(child Node) { delete(planted, child) })
		for _, path := range planted {
			t.Errorf("Children misses %s", path)
		}
	}
}

// plant puts a node into every field below v that takes one, through lists and
// the small structs between nodes, but not through nodes.
func plant(v reflect.Value, path string, planted map[Node]string, depth int) {
	if depth > 4 {
		return
	}
	for i := range v.NumField() {
		f := v.Field(i)
		fill(f, path+"."+v.Type().Field(i).Name, planted, depth)
	}
}

func fill(f reflect.Value, path string, planted map[Node]string, depth int) {
	var n Node
	switch f.Type() {
	case reflect.TypeFor[Expr]():
		n = &Literal{}
	case reflect.TypeFor[TableExpr]():
		n = &TableRef{}
	case reflect.TypeFor[QueryBody]():
		n = &Values{}
	case reflect.TypeFor[Statement]():
		n = &OtherStatement{}
	case reflect.TypeFor[*With](), reflect.TypeFor[*GroupBy](), reflect.TypeFor[*Window](), reflect.TypeFor[*ConnectBy](), reflect.TypeFor[*Model]():
		f.Set(reflect.New(f.Type().Elem()))
		plant(f.Elem(), path, planted, depth+1)
		return
	case reflect.TypeFor[*TypeName](), reflect.TypeFor[*Alias](), reflect.TypeFor[*ObjectName]():
		return // names, no values
	default:
		switch f.Kind() {
		case reflect.Slice:
			if f.Type().Elem().Kind() == reflect.Uint8 {
				return
			}
			f.Set(reflect.MakeSlice(f.Type(), 1, 1))
			fill(f.Index(0), path+"[]", planted, depth)
			return
		case reflect.Struct:
			plant(f, path, planted, depth+1)
			return
		case reflect.Pointer:
			p := reflect.New(f.Type().Elem())
			node, ok := p.Interface().(Node)
			if !ok {
				return
			}
			n = node
		default:
			return
		}
	}
	f.Set(reflect.ValueOf(n))
	planted[n] = path
}

func TestInspectStops(t *testing.T) {
	inner := &ColumnRef{}
	q := &Query{Body: &Select{Where: &Subquery{Query: &Query{Body: &Select{Where: inner}}}}}
	seen := 0
	Inspect(q, func(n Node) bool {
		if n == Node(inner) {
			t.Error("Inspect went below a node that was refused")
		}
		seen++
		_, sub := n.(*Subquery)
		return !sub
	})
	if seen != 3 {
		t.Errorf("visited %d nodes, want 3", seen)
	}
}
