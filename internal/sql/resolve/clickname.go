package resolve

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

// clickWriter writes expressions as ClickHouse does, with functions in the place of
// operators: the names of columns without alias.
type clickWriter struct {
	*resolver
	view view
	// params are names of lambda parameters that stand for a column.
	params map[name]string
}

// clickName is the name of a projection.
func (r *resolver) clickName(e ast.Expr, v view) string {
	return (&clickWriter{resolver: r, view: v}).name(e)
}

// appliedName is the name that ClickHouse gives a column that APPLY makes.
func (r *resolver) appliedName(function ast.Expr, column string, v view) string {
	w := &clickWriter{resolver: r, view: v}
	switch f := function.(type) {
	case *ast.Lambda:
		if len(f.Params) > 0 {
			w.params = map[name]string{r.names.id(f.Params[0].Text): column}
		}
		return w.name(f.Body)
	case *ast.Call:
		args := make([]string, len(f.Args))
		for i := range f.Args {
			args[i] = w.name(f.Args[i].Expr)
		}
		return f.Name.Last().Text + "(" + strings.Join(args, ", ") + ")(" + column + ")"
	}
	return r.written(function) + "(" + column + ")"
}

func (w *clickWriter) name(e ast.Expr) string {
	if e == nil || !w.enter() {
		return ""
	}
	defer w.leave()
	text := w.text(e)
	w.spend(len(text) >> 4)
	return text
}

func (w *clickWriter) call(function string, args ...ast.Expr) string {
	return function + "(" + w.list(args) + ")"
}

func (w *clickWriter) list(args []ast.Expr) string {
	texts := make([]string, len(args))
	for i, a := range args {
		texts[i] = w.name(a)
	}
	return strings.Join(texts, ", ")
}

func (w *clickWriter) text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.ColumnRef:
		return w.column(e)
	case *ast.Literal:
		return w.literal(e)
	case *ast.Call:
		return w.function(e)
	case *ast.Binary:
		return w.binary(e)
	case *ast.Unary:
		return w.unary(e)
	case *ast.Cast:
		if e.Type != nil {
			return "CAST(" + w.name(e.Operand) + ", '" + e.Type.Range().Text(w.sql) + "')"
		}
		if text := w.written(e); len(text) > 4 && strings.EqualFold(text[:4], "cast") { // cast(a, 'String')
			return "CAST" + text[4:]
		}
	case *ast.In:
		if e.Query == nil && e.Set == nil {
			list := "(" + w.list(e.List) + ")"
			if len(e.List) == 1 {
				list = w.list(e.List)
			}
			return chosen(e.Not, "notIn(", "in(") + w.name(e.Operand) + ", " + list + ")"
		}
	case *ast.Between:
		if e.Not {
			return "or(" + w.call("less", e.Operand, e.Low) + ", " + w.call("greater", e.Operand, e.High) + ")"
		}
		return "and(" + w.call("greaterOrEquals", e.Operand, e.Low) + ", " + w.call("lessOrEquals", e.Operand, e.High) + ")"
	case *ast.Like:
		switch e.Op {
		case "LIKE":
			return w.call(chosen(e.Not, "notLike", "like"), e.Operand, e.Pattern)
		case "ILIKE":
			return w.call(chosen(e.Not, "notILike", "ilike"), e.Operand, e.Pattern)
		}
	case *ast.Case:
		return w.cases(e)
	case *ast.Collection:
		return w.collection(e)
	case *ast.Access:
		return w.access(e)
	case *ast.Lambda:
		params := make([]string, len(e.Params))
		for i, p := range e.Params {
			params[i] = p.Text
		}
		return "lambda(tuple(" + strings.Join(params, ", ") + "), " + w.name(e.Body) + ")"
	case *ast.Interval:
		return w.interval(e)
	case *ast.Star:
		columns := w.expand(e, w.view)
		texts := make([]string, len(columns))
		for i := range columns {
			texts[i] = w.stored(&columns[i])
		}
		return strings.Join(texts, ", ")
	}
	return w.written(e)
}

func chosen(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}

func (w *clickWriter) column(ref *ast.ColumnRef) string {
	if len(ref.Parts) == 1 {
		if text, ok := w.params[w.names.id(ref.Parts[0].Text)]; ok {
			return text
		}
		return ref.Parts[0].Text
	}
	c := w.namedColumn(ref.Parts[len(ref.Parts)-1])
	w.dottedItem(&c, ref, w.view)
	return w.stored(&c)
}

var clickEscapes = strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`, "\t", `\t`)

func (w *clickWriter) literal(e *ast.Literal) string {
	switch e.Kind {
	case ast.StringLiteral:
		return "'" + clickEscapes.Replace(e.Text) + "'"
	case ast.NullLiteral:
		return "NULL"
	case ast.BoolLiteral:
		return strings.ToLower(e.Text)
	case ast.TypedLiteral:
		switch strings.ToLower(e.Type) {
		case "date":
			return "toDate('" + e.Text + "')"
		case "timestamp":
			return "toDateTime('" + e.Text + "')"
		}
	}
	return w.written(e)
}

var clickOperators = map[ast.Operator]string{
	ast.OpOr: "or", ast.OpAnd: "and", ast.OpEqual: "equals", ast.OpNotEqual: "notEquals", ast.OpLess: "less", ast.OpLessEqual: "lessOrEquals",
	ast.OpGreater: "greater", ast.OpGreaterEqual: "greaterOrEquals", ast.OpPlus: "plus", ast.OpMinus: "minus", ast.OpMultiply: "multiply",
	ast.OpDivide: "divide", ast.OpModulo: "modulo", ast.OpConcat: "concat", ast.OpIntegerDivide: "intDiv",
	ast.OpNullSafeEqual: "isNotDistinctFrom", ast.OpIsNotDistinct: "isNotDistinctFrom", ast.OpIsDistinct: "isDistinctFrom",
}

// binary writes AND, OR and || flat and all else in pairs.
func (w *clickWriter) binary(e *ast.Binary) string {
	if len(e.Operators) == 0 {
		return w.name(e.Operands[0])
	}
	if len(e.Operands) > longestRun {
		return w.written(e)
	}
	switch first := e.Operators[0]; first {
	case ast.OpAnd, ast.OpOr, ast.OpConcat:
		return w.call(clickOperators[first], e.Operands...)
	}
	text := w.name(e.Operands[0])
	for i, op := range e.Operators {
		function, ok := clickOperators[op]
		if !ok {
			return w.written(e)
		}
		text = function + "(" + text + ", " + w.name(e.Operands[i+1]) + ")"
	}
	return text
}

func (w *clickWriter) unary(e *ast.Unary) string {
	switch e.Op {
	case ast.OpNot:
		return w.call("not", e.Operand)
	case ast.OpMinus:
		if number, ok := e.Operand.(*ast.Literal); ok && number.Kind == ast.NumberLiteral && !strings.HasPrefix(number.Text, "-") {
			return "-" + w.literal(number)
		}
		return w.call("negate", e.Operand)
	case ast.OpIsNull:
		return w.call("isNull", e.Operand)
	case ast.OpIsNotNull:
		return w.call("isNotNull", e.Operand)
	}
	return w.written(e)
}

func (w *clickWriter) cases(e *ast.Case) string {
	var args []string
	function := "multiIf"
	if e.Operand != nil {
		function, args = "caseWithExpression", append(args, w.name(e.Operand))
	}
	for i := range e.Whens {
		args = append(args, w.name(e.Whens[i].Condition), w.name(e.Whens[i].Result))
	}
	last := "NULL"
	if e.Else != nil {
		last = w.name(e.Else)
	}
	return function + "(" + strings.Join(append(args, last), ", ") + ")"
}

func (w *clickWriter) collection(e *ast.Collection) string {
	texts := make([]string, len(e.Members))
	for i := range e.Members {
		texts[i] = w.name(e.Members[i].Expr)
	}
	list := strings.Join(texts, ", ")
	switch e.Kind {
	case ast.Array:
		return "[" + list + "]"
	case ast.Tuple:
		return "(" + list + ")"
	case ast.Map:
		return "map(" + list + ")"
	}
	return w.written(e)
}

func (w *clickWriter) access(e *ast.Access) string {
	text := w.name(e.Operand)
	for _, s := range e.Steps {
		switch {
		case s.Kind == ast.IndexStep:
			text = "arrayElement(" + text + ", " + w.list(s.Index) + ")"
		case s.Kind == ast.FieldStep && s.Name.Text != "" && s.Name.Text[0] <= '9':
			text = "tupleElement(" + text + ", " + s.Name.Text + ")"
		case s.Kind == ast.FieldStep:
			text = "tupleElement(" + text + ", '" + s.Name.Text + "')"
		default:
			return w.written(e)
		}
	}
	return text
}

// interval writes INTERVAL 1 DAY; its unit, which the tree does not keep, is the last
// word of the text.
func (w *clickWriter) interval(e *ast.Interval) string {
	fields := strings.Fields(strings.Trim(w.written(e), "'"))
	if len(fields) == 0 {
		return ""
	}
	unit := strings.ToLower(strings.Trim(fields[len(fields)-1], "'"))
	unit = strings.TrimSuffix(unit, "s")
	value := w.name(e.Value)
	if literal, ok := e.Value.(*ast.Literal); ok && literal.Kind == ast.StringLiteral {
		value, _, _ = strings.Cut(literal.Text, " ")
	}
	if unit == "" {
		return w.written(e)
	}
	return "toInterval" + strings.ToUpper(unit[:1]) + unit[1:] + "(" + value + ")"
}

// clickFunctions are functions that ClickHouse calls otherwise than the text.
var clickFunctions = map[string]string{"ltrim": "trimLeft", "rtrim": "trimRight", "trim": "trimBoth"}

func (w *clickWriter) function(e *ast.Call) string {
	function := w.functionName(e)
	name := "if"
	if e.Name != nil && len(e.Name.Parts) > 0 {
		name = e.Name.Last().Text
	}
	args := make([]string, 0, len(e.Args))
	for i := range e.Args {
		if word, ok := e.Args[i].Expr.(*ast.Keyword); ok {
			if function == "extract" && len(e.Args) == 2 {
				unit := strings.ToLower(word.Text)
				if unit == "" {
					break
				}
				return "to" + strings.ToUpper(unit[:1]) + unit[1:] + "(" + w.name(e.Args[1].Expr) + ")"
			}
			continue // BOTH of TRIM
		}
		if !countsRows(function, e.Args[i].Expr) {
			args = append(args, w.name(e.Args[i].Expr))
		}
	}
	switch function {
	case "array":
		return "[" + strings.Join(args, ", ") + "]"
	case "tuple":
		return "(" + strings.Join(args, ", ") + ")"
	case "cast":
		name = "CAST"
	case "mod":
		name = "modulo"
	case "trim", "position":
		if len(args) == 2 && !strings.Contains(w.written(e), ",") { // trim(both 'x' from s), position('a' in s)
			args[0], args[1] = args[1], args[0]
		}
	}
	if other, ok := clickFunctions[function]; ok {
		name = other
	}
	if e.Filter != nil {
		name, args = name+"If", append(args, w.name(e.Filter))
	}
	if e.Distinct {
		name += "Distinct"
	}
	if len(e.Params) > 0 {
		name += "(" + w.list(e.Params) + ")"
	}
	text := name + "(" + strings.Join(args, ", ") + ")"
	if e.Over != nil {
		text += " OVER " + w.overText(e.Over, w.name, " ASC")
	}
	return text
}
