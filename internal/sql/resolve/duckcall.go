package resolve

import (
	"cmp"
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

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
	name, args := r.duckFunction(e, function, r.duckArguments(e))
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

// duckArguments writes the arguments of a call, the receiver first.
func (r *resolver) duckArguments(e *ast.Call) []string {
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
	return args
}

// duckFunction returns the function that DuckDB makes of a call, and its arguments.
func (r *resolver) duckFunction(e *ast.Call, function string, args []string) (string, []string) {
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
	return name, args
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
	direction := strings.Join(strings.Fields(strings.ToUpper(r.sql[item.Expr.Range().End:item.End])), " ")
	switch strings.TrimLeft(direction, ") ") {
	case "ASC", "DESC", "NULLS FIRST", "NULLS LAST", "ASC NULLS FIRST", "ASC NULLS LAST", "DESC NULLS FIRST", "DESC NULLS LAST":
		return " " + strings.TrimLeft(direction, ") ")
	}
	return ""
}
