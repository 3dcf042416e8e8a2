package resolve

import (
	"strconv"
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
			return word + r.duckName(e.Operand) + " AS " + duckType(e.Type.Range().Text(r.source)) + ")"
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
	case *ast.Lambda:
		params := make([]string, len(e.Params))
		for i, p := range e.Params {
			params[i] = p.Text
		}
		return "(lambda " + strings.Join(params, ", ") + ": " + r.duckName(e.Body) + ")"
	}
	return r.written(e)
}

func negatedText(not bool, text string) string {
	if not {
		return "(NOT " + text + ")"
	}
	return text
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
	return r.written(e)
}

var duckOperators = map[ast.Operator]string{
	ast.OpOr: "OR", ast.OpAnd: "AND", ast.OpEqual: "=", ast.OpNotEqual: "!=", ast.OpLess: "<", ast.OpLessEqual: "<=", ast.OpGreater: ">",
	ast.OpGreaterEqual: ">=", ast.OpPlus: "+", ast.OpMinus: "-", ast.OpMultiply: "*", ast.OpDivide: "/", ast.OpModulo: "%", ast.OpConcat: "||",
	ast.OpIsDistinct: "IS DISTINCT FROM", ast.OpIsNotDistinct: "IS NOT DISTINCT FROM", ast.OpBitAnd: "&", ast.OpBitOr: "|",
	ast.OpShiftLeft: "<<", ast.OpShiftRight: ">>", ast.OpIntegerDivide: "//",
}

// longestRun is the number of operands up to which a run of operators is written as a
// database writes it, which takes the square of it.
const longestRun = 64

// duckBinary writes AND and OR flat and all else in pairs.
func (r *resolver) duckBinary(e *ast.Binary) string {
	if len(e.Operators) > 0 && e.Operators[0] == ast.OpAtTimeZone && len(e.Operands) == 2 {
		return "timezone(" + r.duckName(e.Operands[1]) + ", " + r.duckName(e.Operands[0]) + ")"
	}
	if len(e.Operands) > longestRun {
		return r.written(e)
	}
	text := r.duckName(e.Operands[0])
	flat := len(e.Operators) > 0 && (e.Operators[0] == ast.OpAnd || e.Operators[0] == ast.OpOr)
	for i, op := range e.Operators {
		word, ok := duckOperators[op]
		if op == ast.OpPower || op == ast.OpOther {
			word = strings.TrimSpace(r.source[e.Operands[i].Range().End:e.Operands[i+1].Range().Start])
			ok = word != "" && len(word) < 4
		}
		if !ok {
			return r.written(e)
		}
		text += " " + word + " " + r.duckName(e.Operands[i+1])
		if !flat && i < len(e.Operators)-1 {
			text = "(" + text + ")"
		}
	}
	return "(" + text + ")"
}

func (r *resolver) duckUnary(e *ast.Unary) string {
	operand := r.duckName(e.Operand)
	switch e.Op {
	case ast.OpNot:
		return "(NOT " + operand + ")"
	case ast.OpIsNull:
		return "(" + operand + " IS NULL)"
	case ast.OpIsNotNull:
		return "(" + operand + " IS NOT NULL)"
	case ast.OpMinus:
		return "(-(" + operand + "))"
	case ast.OpPlus:
		return "(+(" + operand + "))"
	case ast.OpBitNot:
		return "(~(" + operand + "))"
	}
	return r.written(e)
}

func (r *resolver) duckLike(e *ast.Like) string {
	op := map[string]string{"LIKE": "~~", "ILIKE": "~~*", "GLOB": "~~~"}[e.Op]
	if op == "" || e.Escape != nil {
		return r.written(e)
	}
	if e.Not {
		op = "!" + op
	}
	return "(" + r.duckName(e.Operand) + " " + op + " " + r.duckName(e.Pattern) + ")"
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
			text += s.Text(r.source)
		}
	}
	return text
}

// duckQuoted are the functions that DuckDB writes in quotes, as their names are
// keywords.
var duckQuoted = words(`
	add aggregate century checkpoint day decade error filter first functions glob hour if json last left map microsecond millennium
	millisecond minute mode month nullif overlay position quarter range replace right row second show substring trim user version week year`)

func (r *resolver) duckCall(e *ast.Call) string {
	function := r.functionName(e)
	if e.NoParens {
		return function
	}
	args := make([]string, len(e.Args))
	for i, a := range e.Args {
		args[i] = r.duckName(a.Expr)
		if word, ok := a.Expr.(*ast.Keyword); ok {
			args[i] = word.Text
			if !strings.HasPrefix(word.Text, "'") {
				args[i] = "'" + strings.ToUpper(word.Text) + "'"
			}
		}
		if !a.Name.IsZero() {
			args[i] = a.Name.Text + " := " + args[i]
			if strings.EqualFold(a.Name.Text, "recursive") { // a keyword
				args[i] = `"recursive" := ` + args[i][len("recursive := "):]
			}
		}
	}
	name := function
	switch function {
	case "coalesce", "ifnull":
		name = "COALESCE"
	case "grouping":
		name = "GROUPING"
	case "extract":
		name = "date_part"
	case "count":
		if len(e.Args) == 1 && countsRows(function, e.Args[0].Expr) {
			name, args = "count_star", nil
		}
	case "trim":
		if len(e.Args) > 1 {
			args = args[1:]
			args[0], args[len(args)-1] = args[len(args)-1], args[0]
		}
	case "position":
		if len(args) == 2 {
			args[0], args[1] = args[1], args[0]
		}
	case "list_comprehension":
		if len(args) == 2 {
			name = "list_apply"
		}
	}
	if duckQuoted[name] {
		name = `"` + name + `"`
	}
	list := strings.Join(args, ", ")
	if e.Distinct {
		list = "DISTINCT " + list
	}
	if len(e.OrderBy) > 0 && !e.WithinGroup {
		list += " ORDER BY " + r.duckOrder(e.OrderBy)
	}
	text := name + "(" + list + ")"
	if e.Filter != nil {
		text += " FILTER (WHERE " + r.duckName(e.Filter) + ")"
	}
	if e.Over != nil {
		text += " OVER " + r.overText(e.Over, r.duckName, "")
	}
	return text
}

func (r *resolver) duckOrder(items []ast.OrderItem) string {
	texts := make([]string, len(items))
	for i := range items {
		texts[i] = r.duckName(items[i].Expr)
		if items[i].Desc {
			texts[i] += " DESC"
		}
	}
	return strings.Join(texts, ", ")
}

// overText writes a window; ascending follows a key that is not DESC.
func (r *resolver) overText(w *ast.Window, name func(ast.Expr) string, ascending string) string {
	if !w.Base.IsZero() {
		return w.Base.Text
	}
	var parts []string
	if len(w.PartitionBy) > 0 {
		texts := make([]string, len(w.PartitionBy))
		for i, e := range w.PartitionBy {
			texts[i] = name(e)
		}
		parts = append(parts, "PARTITION BY "+strings.Join(texts, ", "))
	}
	if len(w.OrderBy) > 0 {
		texts := make([]string, len(w.OrderBy))
		for i := range w.OrderBy {
			texts[i] = name(w.OrderBy[i].Expr) + ascending
			if w.OrderBy[i].Desc {
				texts[i] = name(w.OrderBy[i].Expr) + " DESC"
			}
		}
		parts = append(parts, "ORDER BY "+strings.Join(texts, ", "))
	}
	if frame := r.frameText(w); frame != "" {
		parts = append(parts, frame)
	}
	return "(" + strings.Join(parts, " ") + ")"
}

// frameText is the frame of a window, which the tree does not keep, in capitals.
func (r *resolver) frameText(w *ast.Window) string {
	upper := strings.ToUpper(strings.Join(strings.Fields(w.Text(r.source)), " "))
	for _, word := range []string{"ROWS ", "RANGE ", "GROUPS "} {
		if at := strings.LastIndex(upper, word); at > 0 {
			frame := strings.TrimSuffix(upper[at:], ")")
			if !strings.Contains(frame, "BETWEEN") {
				return word + "BETWEEN " + strings.TrimSpace(frame[len(word):]) + " AND CURRENT ROW"
			}
			return frame
		}
	}
	return ""
}

// duckTypes are the types that DuckDB's grammar knows, and how it writes them. Others
// stay as they are.
var duckTypes = map[string]string{
	"INT": "INTEGER", "INTEGER": "INTEGER", "INT4": "INTEGER", "INT8": "BIGINT", "SMALLINT": "SMALLINT", "BIGINT": "BIGINT", "FLOAT": "FLOAT",
	"REAL": "FLOAT", "FLOAT8": "DOUBLE", "FLOAT4": "FLOAT", "DECIMAL": "DECIMAL", "NUMERIC": "DECIMAL", "DEC": "DECIMAL", "BOOLEAN": "BOOLEAN",
	"VARCHAR": "VARCHAR", "CHAR": "VARCHAR", "CHARACTER": "VARCHAR", "TIMESTAMP": "TIMESTAMP", "TIME": "TIME", "INTERVAL": "INTERVAL",
	"BIT": "BIT",
}

func duckType(text string) string {
	word := text
	if at := strings.IndexAny(text, "([ "); at > 0 {
		word = text[:at]
	}
	rest := text[len(word):]
	if numbers, ok := strings.CutPrefix(strings.TrimSpace(rest), "("); ok {
		var list []string
		for n := range strings.SplitSeq(strings.TrimSuffix(numbers, ")"), ",") {
			if _, err := strconv.Atoi(strings.TrimSpace(n)); err != nil {
				return text
			}
			list = append(list, strings.TrimSpace(n))
		}
		rest = "(" + strings.Join(list, ", ") + ")"
	}
	if full, ok := duckTypes[strings.ToUpper(word)]; ok {
		return full + rest
	}
	return word + rest
}
