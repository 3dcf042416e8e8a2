package resolve

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

// duckName is an expression as DuckDB writes it, which is the name of a column
// without alias.
func (r *resolver) duckName(e ast.Expr) string {
	if e == nil || !r.enter() {
		return ""
	}
	defer r.leave()
	text := r.duckText(e)
	r.spend(len(text) >> 4)
	return text
}

func (r *resolver) duckText(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.ColumnRef:
		return duckColumn(e, r.written(e))
	case *ast.Literal:
		return r.duckLiteral(e)
	case *ast.Call:
		return r.duckCall(e)
	case *ast.Cast:
		if e.Type != nil {
			word := "CAST("
			if e.Try {
				word = "TRY_CAST("
			}
			return word + r.duckName(e.Operand) + " AS " + duckType(e.Type.Range().Text(r.sql)) + ")"
		}
	case *ast.Binary:
		return r.duckBinary(e)
	case *ast.Unary:
		return r.duckUnary(e)
	case *ast.Like:
		return r.duckLike(e)
	case *ast.Between:
		return negatedText(e.Not, "("+r.duckName(e.Operand)+" BETWEEN "+r.duckName(e.Low)+" AND "+r.duckName(e.High)+")")
	case *ast.In:
		if e.Query == nil && e.Set == nil {
			return negatedText(e.Not, "("+r.duckName(e.Operand)+" IN ("+r.duckList(e.List)+"))")
		}
	case *ast.Case:
		return r.duckCase(e)
	case *ast.Collection:
		return r.duckCollection(e)
	case *ast.Access:
		return r.duckAccess(e)
	case *ast.Interval:
		return r.duckInterval(e)
	case *ast.Lambda:
		params := make([]string, len(e.Params))
		for i, p := range e.Params {
			params[i] = p.Text
		}
		return "(lambda " + strings.Join(params, ", ") + ": " + r.duckName(e.Body) + ")"
	}
	return r.written(e)
}

func (r *resolver) duckList(list []ast.Expr) string {
	texts := make([]string, len(list))
	for i, e := range list {
		texts[i] = r.duckName(e)
	}
	return strings.Join(texts, ", ")
}

// duckColumn writes a column; quotes stay where the name needs them.
func duckColumn(e *ast.ColumnRef, written string) string {
	if e.Position > 0 {
		return written
	}
	texts := make([]string, len(e.Parts))
	for i, p := range e.Parts {
		texts[i] = p.Text
		if p.Quoted && !plainName(p.Text) {
			texts[i] = `"` + strings.ReplaceAll(p.Text, `"`, `""`) + `"`
		}
	}
	return strings.Join(texts, ".")
}

func plainName(text string) bool {
	for i, c := range text {
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return text != ""
}

func (r *resolver) duckLiteral(e *ast.Literal) string {
	switch e.Kind {
	case ast.NullLiteral:
		return "NULL"
	case ast.BoolLiteral:
		return strings.ToLower(e.Text)
	case ast.TypedLiteral:
		return "CAST('" + strings.ReplaceAll(e.Text, "'", "''") + "' AS " + duckType(e.Type) + ")"
	}
	text := r.written(e)
	if lower := strings.ToLower(text); strings.HasPrefix(lower, "e'") || strings.HasPrefix(text, "$") {
		return "'" + strings.ReplaceAll(e.Text, "'", "''") + "'"
	} else if strings.HasPrefix(lower, "x'") || strings.HasPrefix(lower, "b'") {
		return strings.ToUpper(text[:1]) + text[1:]
	}
	return text
}

// duckInterval writes INTERVAL '1 month' as a cast, and INTERVAL 3 HOURS as the call that DuckDB makes of it.
func (r *resolver) duckInterval(e *ast.Interval) string {
	if e.Value == nil {
		return r.written(e)
	}
	value := r.duckName(e.Value)
	unit := strings.ToLower(strings.TrimSpace(r.textBehind(e.Value, e)))
	unit = strings.TrimSpace(strings.TrimPrefix(unit, ")"))
	if unit == "" {
		return "CAST(" + value + " AS INTERVAL)"
	}
	unit = strings.TrimSuffix(unit, "s")
	switch unit {
	case "year", "month", "day", "week", "quarter", "decade", "century", "millennium":
		return "to_" + plural(unit) + "(CAST(trunc(CAST(" + value + " AS DOUBLE)) AS INTEGER))"
	case "hour", "minute", "microsecond":
		return "to_" + plural(unit) + "(CAST(trunc(CAST(" + value + " AS DOUBLE)) AS BIGINT))"
	case "second", "millisecond":
		return "to_" + plural(unit) + "(CAST(" + value + " AS DOUBLE))"
	}
	return r.written(e)
}

func plural(unit string) string {
	switch unit {
	case "century":
		return "centuries"
	case "millennium":
		return "millennia"
	}
	return unit + "s"
}

func (r *resolver) duckCase(e *ast.Case) string {
	var b strings.Builder
	b.WriteString("CASE ")
	for i := range e.Whens {
		condition := r.duckName(e.Whens[i].Condition)
		if e.Operand != nil {
			condition = "(" + r.duckName(e.Operand) + " = " + condition + ")"
		}
		b.WriteString(" WHEN (" + condition + ") THEN (" + r.duckName(e.Whens[i].Result) + ")")
	}
	last := "NULL"
	if e.Else != nil {
		last = r.duckName(e.Else)
	}
	return b.String() + " ELSE " + last + " END"
}

func (r *resolver) duckCollection(e *ast.Collection) string {
	texts := make([]string, len(e.Members))
	for i, m := range e.Members {
		texts[i] = r.duckName(m.Expr)
		if !m.Name.IsZero() {
			texts[i] = m.Name.Text + " := " + texts[i]
		}
	}
	list := strings.Join(texts, ", ")
	switch e.Kind {
	case ast.Array:
		return "list_value(" + list + ")"
	case ast.Struct:
		return "struct_pack(" + list + ")"
	case ast.Tuple:
		return `"row"(` + list + ")"
	case ast.Map:
		var keys, values []string
		for i := 0; i+1 < len(texts); i += 2 {
			keys, values = append(keys, texts[i]), append(values, texts[i+1])
		}
		return `"map"(list_value(` + strings.Join(keys, ", ") + "), list_value(" + strings.Join(values, ", ") + "))"
	}
	return r.written(e)
}

func (r *resolver) duckAccess(e *ast.Access) string {
	text := r.duckName(e.Operand)
	for _, s := range e.Steps {
		switch s.Kind {
		case ast.FieldStep:
			text = "(" + text + ")." + s.Name.Text
		case ast.IndexStep:
			text += "[" + r.duckList(s.Index) + "]"
		default:
			text += s.Text(r.sql)
		}
	}
	return text
}
