package resolve

import (
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

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
	return strings.Trim(r.sql[start:end], " \t\r\n()")
}

// textBehind is the text of an expression behind a part of it.
func (r *resolver) textBehind(part, whole ast.Expr) string {
	start, end := part.Range().End, whole.Range().End
	if start > end {
		return ""
	}
	return r.sql[start:end]
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
	case ast.OpOther:
		if strings.HasPrefix(r.written(e), "@") {
			return "(@(" + operand + "))"
		}
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

func negatedText(not bool, text string) string {
	if not {
		return "(NOT " + text + ")"
	}
	return text
}
