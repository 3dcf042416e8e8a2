package resolve

import (
	"strconv"
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
)

// impliedName is the name that an expression without an alias takes from the
// column in it.
func (r *resolver) impliedName(e ast.Expr) (ast.Ident, bool) {
	switch e := e.(type) {
	case *ast.ColumnRef:
		if len(e.Parts) > 0 && e.Position == 0 {
			return e.Parts[len(e.Parts)-1], true
		}
	case *ast.Access:
		if r.dialect.Naming.Rule == dialect.NameDuckDB || r.dialect.Naming.Rule == dialect.NameClickHouse {
			return ast.Ident{}, false
		}
		for i := len(e.Steps) - 1; i >= 0; i-- {
			if s := e.Steps[i]; s.Kind == ast.FieldStep || s.Kind == ast.PathStep && !s.Name.IsZero() {
				return s.Name, true
			}
		}
		if r.dialect.Naming.CastKeepsName {
			return r.impliedName(e.Operand)
		}
	case *ast.Cast:
		if r.dialect.Naming.CastKeepsName {
			return r.impliedName(e.Operand)
		}
	case *ast.Unary:
		if e.Op == ast.OpCollate && r.dialect.Naming.Rule != dialect.NameDuckDB {
			return r.impliedName(e.Operand)
		}
	}
	return ast.Ident{}, false
}

// generatedName is the name that the database makes up for a projection, given
// the number of unnamed ones and the number of columns in front of it.
func (r *resolver) generatedName(item *ast.SelectItem, unnamed, place int) string {
	n := r.dialect.Naming
	switch n.Rule {
	case dialect.NameNone:
		return ""
	case dialect.NameCounted:
		return n.Prefix + strconv.Itoa(unnamed) + n.Suffix
	case dialect.NamePlaced:
		return n.Prefix + strconv.Itoa(place) + n.Suffix
	case dialect.NamePostgres:
		return r.postgresName(item.Expr)
	case dialect.NameDuckDB:
		return r.duckName(item.Expr)
	case dialect.NameClickHouse:
		return "" // projected gives it, which knows what the names in it mean
	case dialect.NameUpperText:
		return strings.ToUpper(r.written(item.Expr))
	default:
		return r.written(item.Expr)
	}
}

// written is the text of an expression, white space made single.
func (r *resolver) written(e ast.Expr) string {
	if e == nil {
		return ""
	}
	return strings.Join(strings.Fields(e.Range().Text(r.sql)), " ")
}

const noName = "?column?"

// postgresName follows FigureColname of PostgreSQL.
func (r *resolver) postgresName(e ast.Expr) string {
	if text, _ := r.postgresLabel(e); text != "" {
		return text
	}
	return noName
}

// postgresLabel returns the label of an expression and reports whether it is a name
// rather than a mere type.
func (r *resolver) postgresLabel(e ast.Expr) (label string, strong bool) {
	switch e := e.(type) {
	case *ast.ColumnRef:
		if len(e.Parts) > 0 {
			last := e.Parts[len(e.Parts)-1]
			return r.dialect.Stored(last.Text, last.Quoted), true
		}
	case *ast.Call:
		return r.postgresFunction(e), true
	case *ast.Case:
		if label, strong := r.postgresLabel(e.Else); strong {
			return label, true
		}
		return "case", false
	case *ast.Cast:
		if label, strong := r.postgresLabel(e.Operand); strong {
			return label, true
		}
		return postgresType(e.Type), false
	case *ast.Literal:
		switch e.Kind {
		case ast.BoolLiteral:
			if r.dialect.Naming.BoolName {
				return "bool", false
			}
		case ast.TypedLiteral:
			return postgresType(&ast.TypeName{Name: e.Type}), false
		}
	case *ast.Interval:
		return "interval", false
	case *ast.Subquery:
		return r.postgresSubquery(e)
	case *ast.Collection:
		if e.Kind == ast.Array {
			return "array", true
		}
		return "row", true
	case *ast.Access:
		if id, ok := r.impliedName(e); ok {
			return r.dialect.Stored(id.Text, id.Quoted), true
		}
		return r.postgresLabel(e.Operand)
	case *ast.Binary:
		if len(e.Operators) > 0 && e.Operators[0] == ast.OpAtTimeZone {
			return "timezone", true
		}
	case *ast.Unary:
		switch {
		case e.Op == ast.OpCollate:
			return r.postgresLabel(e.Operand)
		case e.Op == ast.OpIsKind && strings.HasSuffix(strings.ToLower(r.written(e)), "normalized"):
			return "is_normalized", true
		}
	case *ast.Star: // (t.*)::text
		return r.postgresLabel(e.Qualifier)
	}
	return "", false
}

func (r *resolver) postgresSubquery(e *ast.Subquery) (string, bool) {
	switch e.Kind {
	case ast.ExistsSubquery:
		return "exists", true
	case ast.ArraySubquery:
		return "array", true
	}
	sel, ok := e.Query.Body.(*ast.Select)
	if !ok || len(sel.Items) == 0 {
		return "", false
	}
	if alias := sel.Items[0].Alias; !alias.IsZero() {
		return r.dialect.Stored(alias.Text, alias.Quoted), true
	}
	return r.postgresLabel(sel.Items[0].Expr)
}

// postgresFunction is the label of a function, which for TRIM is not its name in the
// text.
func (r *resolver) postgresFunction(e *ast.Call) string {
	name := r.functionName(e)
	if name != "trim" {
		return name
	}
	if len(e.Args) > 0 {
		if word, ok := e.Args[0].Expr.(*ast.Keyword); ok {
			switch strings.ToLower(word.Text) {
			case "leading":
				return "ltrim"
			case "trailing":
				return "rtrim"
			}
		}
	}
	return "btrim"
}

// postgresTypes are the internal names of the types that have one.
var postgresTypes = map[string]string{
	"int": "int4", "integer": "int4", "bigint": "int8", "smallint": "int2", "boolean": "bool", "real": "float4",
	"double precision": "float8", "float": "float8", "decimal": "numeric", "character varying": "varchar", "character": "bpchar",
	"char": "bpchar", "timestamp without time zone": "timestamp", "timestamp with time zone": "timestamptz", "time without time zone": "time",
	"time with time zone": "timetz", "bit varying": "varbit", "dec": "numeric",
}

func postgresType(t *ast.TypeName) string {
	if t == nil {
		return ""
	}
	name := strings.ToLower(strings.Join(strings.Fields(t.Name), " "))
	if internal, ok := postgresTypes[name]; ok {
		return internal
	}
	return name
}
