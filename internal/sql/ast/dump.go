package ast

import (
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// Dump writes a tree as indented text, for tests and for people. Fields that are
// zero are left out; names and literals share a line. Spans are not shown.
func Dump(w io.Writer, n Node) error {
	d := dumper{w: w}
	d.value("", reflect.ValueOf(n), 0)
	return d.err
}

type dumper struct {
	w   io.Writer
	err error
}

func (d *dumper) line(depth int, format string, args ...any) {
	if d.err == nil {
		_, d.err = fmt.Fprintf(d.w, "%s%s\n", strings.Repeat("  ", depth), fmt.Sprintf(format, args...))
	}
}

// value writes one value under a label.
func (d *dumper) value(label string, v reflect.Value, depth int) {
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return
		}
		if text, ok := brief(v.Interface()); ok {
			d.line(depth, "%s%s", label, text)
			return
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(label, v, depth)
	case reflect.Slice:
		if v.Len() == 0 {
			return
		}
		if text, ok := briefList(v); ok {
			d.line(depth, "%s%s", label, text)
			return
		}
		d.line(depth, "%s", strings.TrimSuffix(label, " "))
		for i := range v.Len() {
			d.value("- ", v.Index(i), depth+1)
		}
	}
}

// structure writes a struct: its name and scalars on one line, the rest below.
func (d *dumper) structure(label string, v reflect.Value, depth int) {
	if text, ok := brief(v.Interface()); ok {
		d.line(depth, "%s%s", label, text)
		return
	}
	head := label + v.Type().Name()
	var headSb68 strings.Builder
	for i := range v.NumField() {
		if text, ok := scalar(v.Type().Field(i).Name, v.Field(i)); ok {
			headSb68.WriteString(text)
		}
	}
	head += headSb68.String()
	d.line(depth, "%s", head)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Type == reflect.TypeFor[token.Span]() || f.Name == "SQL" && f.Type.Kind() == reflect.String {
			continue
		}
		if _, ok := scalar(f.Name, v.Field(i)); !ok && !v.Field(i).IsZero() {
			d.value(f.Name+": ", v.Field(i), depth+1)
		}
	}
}

// scalar is a field that fits on its struct's line; "" for a zero one.
func scalar(name string, v reflect.Value) (string, bool) {
	switch v.Kind() {
	case reflect.Bool:
		if v.Bool() {
			return " " + name, true
		}
		return "", true
	case reflect.String:
		if v.Len() > 0 && name != "SQL" {
			return fmt.Sprintf(" %s=%q", name, v.String()), true
		}
		return "", true
	case reflect.Int, reflect.Int32:
		if !v.IsZero() {
			return fmt.Sprintf(" %s=%d", name, v.Int()), true
		}
		return "", true
	case reflect.Uint8:
		if _, isOp := v.Interface().(Operator); !v.IsZero() || isOp || name == "Kind" || name == "Op" {
			return fmt.Sprintf(" %s=%v", name, v.Interface()), true
		}
		return "", true
	}
	if id, ok := v.Interface().(Ident); ok {
		if id.IsZero() {
			return "", true
		}
		return " " + name + "=" + identText(id), true
	}
	return "", false
}

// briefList writes a list of operators or of brief values that fits on one line.
func briefList(v reflect.Value) (string, bool) {
	var parts []string
	total := 0
	for i := range v.Len() {
		text := ""
		if op, ok := v.Index(i).Interface().(Operator); ok {
			text = op.String()
		} else if text, ok = brief(v.Index(i).Interface()); !ok {
			return "", false
		}
		total += len(text)
		parts = append(parts, text)
	}
	if total > 100 {
		return "", false
	}
	return "[" + strings.Join(parts, ", ") + "]", true
}

// brief is the one-line form of names, literals and lists of idents.
func brief(n any) (string, bool) {
	switch n := n.(type) {
	case Ident:
		return identText(n), true
	case *ColumnRef:
		text := "col " + dotted(n.Parts)
		if n.OuterJoin {
			text += "(+)"
		}
		if n.Position > 0 {
			text += fmt.Sprintf(" position %d", n.Position)
		}
		return text, true
	case *ObjectName:
		text := "name " + dotted(n.Parts)
		if n.File {
			text += " file"
		}
		return text, true
	case *Literal:
		if n.Kind == TypedLiteral {
			return fmt.Sprintf("%s %q", n.Type, n.Text), true
		}
		return fmt.Sprintf("%s %q", n.Kind, n.Text), true
	case *Keyword:
		return "keyword " + n.Text, true
	case *Parameter:
		return "parameter " + n.Text, true
	case Arg:
		if !n.Name.IsZero() {
			return "", false
		}
		return brief(n.Expr)
	case SelectItem:
		if !n.Alias.IsZero() || len(n.Aliases) > 0 || n.Variable {
			return "", false
		}
		return brief(n.Expr)
	}
	return "", false
}

func dotted(parts []Ident) string {
	list := make([]string, len(parts))
	for i, id := range parts {
		list[i] = identText(id)
	}
	return strings.Join(list, ".")
}

func identText(id Ident) string {
	if id.Quoted {
		return fmt.Sprintf("%q", id.Text)
	}
	return id.Text
}
