package resolve

import (
	"cmp"
	"slices"
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

var duckOperators = map[ast.Operator]string{
	ast.OpOr: "OR", ast.OpAnd: "AND", ast.OpEqual: "=", ast.OpNotEqual: "!=", ast.OpLess: "<", ast.OpLessEqual: "<=", ast.OpGreater: ">",
	ast.OpGreaterEqual: ">=", ast.OpPlus: "+", ast.OpMinus: "-", ast.OpMultiply: "*", ast.OpDivide: "/", ast.OpModulo: "%", ast.OpConcat: "||",
	ast.OpIsDistinct: "IS DISTINCT FROM", ast.OpIsNotDistinct: "IS NOT DISTINCT FROM", ast.OpBitAnd: "&", ast.OpBitOr: "|",
	ast.OpShiftLeft: "<<", ast.OpShiftRight: ">>", ast.OpIntegerDivide: "//", ast.OpArrow: "->", ast.OpArrowText: "->>",
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
	if len(e.Operators) == 1 && e.Operators[0] == ast.OpMatch {
		return r.duckMatch(e)
	}
	text := r.duckName(e.Operands[0])
	flat := len(e.Operators) > 0 && (e.Operators[0] == ast.OpAnd || e.Operators[0] == ast.OpOr)
	for i, op := range e.Operators {
		word, ok := duckOperators[op]
		if op == ast.OpPower || op == ast.OpOther || op == ast.OpContains {
			word = r.between(e.Operands[i], e.Operands[i+1])
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

// between is the operator between two operands as it is written.
func (r *resolver) between(left, right ast.Expr) string {
	start, end := left.Range().End, right.Range().Start
	if start > end {
		return ""
	}
	return strings.Trim(r.source[start:end], " \t\r\n()")
}

// textBehind is the text of an expression behind a part of it.
func (r *resolver) textBehind(part, whole ast.Expr) string {
	start, end := part.Range().End, whole.Range().End
	if start > end {
		return ""
	}
	return r.source[start:end]
}

// duckMatch writes a ~ b and a !~ b as the calls that DuckDB makes of them, and ~~ as it is.
func (r *resolver) duckMatch(e *ast.Binary) string {
	left, right := r.duckName(e.Operands[0]), r.duckName(e.Operands[1])
	switch op := r.between(e.Operands[0], e.Operands[1]); op {
	case "~":
		return "regexp_matches(" + left + ", " + right + ")"
	case "!~":
		return "(NOT regexp_matches(" + left + ", " + right + "))"
	default:
		return "(" + left + " " + op + " " + right + ")"
	}
}

func (r *resolver) duckUnary(e *ast.Unary) string {
	operand := r.duckName(e.Operand)
	switch e.Op {
	case ast.OpIsTrue:
		return r.duckIsTrue(e, operand)
	case ast.OpCollate:
		if words := strings.Fields(r.textBehind(e.Operand, e)); len(words) > 0 {
			return operand + " COLLATE " + words[len(words)-1]
		}
	case ast.OpNot:
		return "(NOT " + operand + ")"
	case ast.OpIsNull:
		return "(" + operand + " IS NULL)"
	case ast.OpIsNotNull:
		return "(" + operand + " IS NOT NULL)"
	case ast.OpMinus:
		if number, ok := e.Operand.(*ast.Literal); ok && number.Kind == ast.NumberLiteral && !strings.HasPrefix(operand, "-") {
			return "-" + operand
		}
		return "(-(" + operand + "))"
	case ast.OpPlus:
		return "(+(" + operand + "))"
	case ast.OpBitNot:
		return "(~(" + operand + "))"
	}
	return r.written(e)
}

// duckIsTrue writes IS [NOT] TRUE, FALSE and UNKNOWN.
func (r *resolver) duckIsTrue(e *ast.Unary, operand string) string {
	words := strings.Fields(strings.ToUpper(r.textBehind(e.Operand, e)))
	if len(words) == 0 {
		return r.written(e)
	}
	last, not := words[len(words)-1], slices.Contains(words, "NOT")
	if last == "UNKNOWN" {
		if not {
			return "(" + operand + " IS NOT NULL)"
		}
		return "(" + operand + " IS NULL)"
	}
	operator := " IS NOT DISTINCT FROM "
	if not {
		operator = " IS DISTINCT FROM "
	}
	return "(CAST(" + operand + " AS BOOLEAN)" + operator + strings.ToLower(last) + ")"
}

func (r *resolver) duckLike(e *ast.Like) string {
	if e.Op == "SIMILAR TO" && e.Escape == nil {
		return negatedText(e.Not, "regexp_full_match("+r.duckName(e.Operand)+", "+r.duckName(e.Pattern)+")")
	}
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
				args[i] = "'" + duckPart(word.Text) + "'"
			}
		}
		if !a.Name.IsZero() {
			args[i] = a.Name.Text + " := " + args[i]
			if strings.EqualFold(a.Name.Text, "recursive") { // a keyword
				args[i] = `"recursive" := ` + args[i][len("recursive := "):]
			}
		}
	}
	if e.Receiver != nil {
		args = append([]string{r.duckName(e.Receiver)}, args...)
	}
	name := function
	switch function {
	case "coalesce", "ifnull":
		name = "COALESCE"
	case "grouping", "grouping_id":
		name = "GROUPING"
	case "percentile_cont", "percentile_disc":
		if e.WithinGroup {
			name = "quantile" + strings.TrimPrefix(function, "percentile")
		}
	case "extract":
		name = "date_part"
	case "count":
		if len(e.Args) == 1 && countsRows(function, e.Args[0].Expr) {
			name, args = "count_star", nil
		}
	case "trim":
		if word, ok := firstKeyword(e); ok && len(e.Args) > 1 {
			name = map[string]string{"LEADING": "ltrim", "TRAILING": "rtrim"}[strings.ToUpper(word)]
			name = cmp.Or(name, "trim")
		}
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
	quantile := strings.HasPrefix(name, "quantile_")
	if len(e.OrderBy) > 0 && (!e.WithinGroup || quantile) {
		list += " ORDER BY " + r.duckOrder(e.OrderBy)
	}
	text := r.duckReceiver(e, name) + "(" + list + ")"
	if e.WithinGroup && !quantile {
		text += " WITHIN GROUP ( ORDER BY " + r.duckOrder(e.OrderBy) + ")"
	}
	if e.Filter != nil {
		text += " FILTER (WHERE " + r.duckName(e.Filter) + ")"
	}
	if e.Over != nil {
		text += " OVER " + r.overText(e.Over, r.duckName, "")
	}
	return text
}

// duckParts are the parts of a date that are words of DuckDB's grammar.
var duckParts = words(`
	year month day hour minute second millisecond microsecond week quarter decade century millennium
	years months days hours minutes seconds milliseconds microseconds weeks quarters decades centuries millennia`)

func duckPart(word string) string {
	if duckParts[strings.ToLower(word)] {
		return strings.ToUpper(word)
	}
	return strings.ToLower(word)
}

func firstKeyword(e *ast.Call) (string, bool) {
	if len(e.Args) == 0 {
		return "", false
	}
	word, ok := e.Args[0].Expr.(*ast.Keyword)
	if !ok {
		return "", false
	}
	return word.Text, true
}

// duckReceiver writes the name of a function behind the column that it is called on, as in a.abs().
func (r *resolver) duckReceiver(e *ast.Call, name string) string {
	if e.Receiver != nil || e.Name == nil || len(e.Name.Parts) < 2 {
		return name
	}
	texts := make([]string, 0, len(e.Name.Parts))
	for _, p := range e.Name.Parts[:len(e.Name.Parts)-1] {
		texts = append(texts, p.Text)
	}
	return strings.Join(append(texts, name), ".")
}

func (r *resolver) duckOrder(items []ast.OrderItem) string {
	texts := make([]string, len(items))
	for i := range items {
		texts[i] = r.duckName(items[i].Expr)
		texts[i] += r.duckDirection(&items[i])
	}
	return strings.Join(texts, ", ")
}

// duckDirection is what follows a key of ORDER BY.
func (r *resolver) duckDirection(item *ast.OrderItem) string {
	if item.Expr == nil || item.Expr.Range().End > item.End {
		return ""
	}
	direction := strings.Join(strings.Fields(strings.ToUpper(r.source[item.Expr.Range().End:item.End])), " ")
	switch strings.TrimLeft(direction, ") ") {
	case "ASC", "DESC", "NULLS FIRST", "NULLS LAST", "ASC NULLS FIRST", "ASC NULLS LAST", "DESC NULLS FIRST", "DESC NULLS LAST":
		return " " + strings.TrimLeft(direction, ") ")
	}
	return ""
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
			if ascending == "" {
				texts[i] += r.duckDirection(&w.OrderBy[i])
			} else if w.OrderBy[i].Desc {
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
	if list, suffix, ok := typeList(text, "struct", "row"); ok {
		return "STRUCT(" + duckFields(list, true) + ")" + suffix
	}
	if list, suffix, ok := typeList(text, "union"); ok {
		return "UNION(" + duckFields(list, true) + ")" + suffix
	}
	if list, suffix, ok := typeList(text, "map"); ok {
		return "MAP(" + duckFields(list, false) + ")" + suffix
	}
	word := text
	if at := strings.IndexAny(text, "([ "); at > 0 {
		word = text[:at]
	}
	rest := text[len(word):]
	if numbers, ok := strings.CutPrefix(strings.TrimSpace(rest), "("); ok {
		var list []string
		numbers, suffix, _ := strings.Cut(numbers, ")")
		for n := range strings.SplitSeq(numbers, ",") {
			if _, err := strconv.Atoi(strings.TrimSpace(n)); err != nil {
				return text
			}
			list = append(list, strings.TrimSpace(n))
		}
		rest = "(" + strings.Join(list, ", ") + ")" + suffix
	}
	if full, ok := duckTypes[strings.ToUpper(word)]; ok {
		return full + rest
	}
	if duckQuoted[strings.ToLower(word)] {
		word = `"` + word + `"`
	}
	return word + rest
}

// typeList returns what is in the parentheses of a type of one of these names, and what follows them.
func typeList(text string, names ...string) (list, suffix string, ok bool) {
	open, end := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if open < 0 || end < open || !slices.Contains(names, strings.ToLower(strings.TrimSpace(text[:open]))) {
		return "", "", false
	}
	return text[open+1 : end], text[end+1:], true
}

// duckFields writes the types of a list, each behind its name if it is named.
func duckFields(list string, named bool) string {
	var texts []string
	depth, start := 0, 0
	for i := 0; i <= len(list); i++ {
		if i < len(list) {
			switch list[i] {
			case '(', '[':
				depth++
			case ')', ']':
				depth--
			}
			if list[i] != ',' || depth > 0 {
				continue
			}
		}
		field := strings.TrimSpace(list[start:i])
		start = i + 1
		if name, typ, ok := strings.Cut(field, " "); named && ok {
			texts = append(texts, name+" "+duckType(strings.TrimSpace(typ)))
		} else {
			texts = append(texts, duckType(field))
		}
	}
	return strings.Join(texts, ", ")
}
