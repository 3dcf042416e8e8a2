package resolve

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

// structType is the fields of a structured type. Arrays and maps of a structure
// count as the structure.
type structType struct{ fields []structField }

type structField struct {
	name string
	typ  *structType
}

// typeOfNode reads the fields of a type in the text.
func typeOfNode(t *ast.TypeName) *structType {
	if t == nil || len(t.Fields) == 0 {
		return nil
	}
	if len(t.Fields) == 1 && t.Fields[0].Name.IsZero() {
		return typeOfNode(t.Fields[0].Type)
	}
	s := &structType{}
	for _, f := range t.Fields {
		s.fields = append(s.fields, structField{name: f.Name.Text, typ: typeOfNode(f.Type)})
	}
	return s
}

// parseType reads the fields of a type as warehouses write them:
// STRUCT<a INT64, b ARRAY<STRUCT<c STRING>>>, struct<a:int>, ROW(a bigint),
// STRUCT(a INTEGER)[]. It returns nil for every other type.
func parseType(text string) *structType {
	p := typeParser{text: text}
	return p.parse(0)
}

type typeParser struct {
	text string
	at   int
}

// maxTypeDepth bounds the nesting of types.
const maxTypeDepth = 50

// parse reads one type up to a delimiter of the list around it.
func (p *typeParser) parse(depth int) *structType {
	if depth > maxTypeDepth {
		p.at = len(p.text)
		return nil
	}
	word := strings.ToLower(strings.TrimSpace(p.word()))
	switch p.peek() {
	case '<', '(':
		switch word {
		case "struct", "row", "record", "tuple", "object", "nested":
			return p.fields(depth)
		case "array", "list", "map", "nullable":
			return p.element(depth)
		}
		p.skipGroup()
	}
	p.skipTo()
	return nil
}

// fields reads the members of a structure in brackets.
func (p *typeParser) fields(depth int) *structType {
	p.at++
	s := &structType{}
	for p.at < len(p.text) && !p.closing() {
		name := p.name()
		p.skipSpace()
		if p.peek() == ':' {
			p.at++
		}
		s.fields = append(s.fields, structField{name: name, typ: p.parse(depth + 1)})
		if p.peek() == ',' {
			p.at++
		}
	}
	p.at++
	p.skipTo()
	return s
}

// element reads the last parameter of ARRAY<...> and MAP<..., ...>.
func (p *typeParser) element(depth int) *structType {
	p.at++
	var last *structType
	for p.at < len(p.text) && !p.closing() {
		last = p.parse(depth + 1)
		if p.peek() == ',' {
			p.at++
		}
	}
	p.at++
	p.skipTo()
	return last
}

func (p *typeParser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *typeParser) closing() bool { return p.peek() == '>' || p.peek() == ')' }

func (p *typeParser) skipSpace() {
	for p.peek() == ' ' || p.peek() == '\n' || p.peek() == '\t' {
		p.at++
	}
}

// word reads up to a bracket or delimiter.
func (p *typeParser) word() string {
	start := p.at
	for p.at < len(p.text) && !strings.ContainsRune("<>(),[", rune(p.text[p.at])) {
		p.at++
	}
	return p.text[start:p.at]
}

// name reads a field's name, quoted or not.
func (p *typeParser) name() string {
	p.skipSpace()
	if q := p.peek(); q == '"' || q == '`' {
		start := p.at + 1
		end := strings.IndexByte(p.text[start:], q)
		if end < 0 {
			p.at = len(p.text)
			return ""
		}
		p.at = start + end + 1
		return p.text[start : start+end]
	}
	start := p.at
	for p.at < len(p.text) && !strings.ContainsRune(" :<>(),\n\t", rune(p.text[p.at])) {
		p.at++
	}
	return p.text[start:p.at]
}

// skipTo goes to the next delimiter of the list around.
func (p *typeParser) skipTo() {
	for p.at < len(p.text) && !strings.ContainsRune(",>)", rune(p.text[p.at])) {
		if p.text[p.at] == '<' || p.text[p.at] == '(' {
			p.skipGroup()
			continue
		}
		p.at++
	}
}

// skipGroup passes over a bracketed group.
func (p *typeParser) skipGroup() {
	level := 0
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case '<', '(':
			level++
		case '>', ')':
			level--
		}
		p.at++
		if level == 0 {
			return
		}
	}
}
