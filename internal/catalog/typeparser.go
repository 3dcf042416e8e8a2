package catalog

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// maxTypeDepth bounds how deep nested types are read; deeper ones are "other".
	// The deepest seen in real catalogs is 4.
	maxTypeDepth = 16
	// maxTypeWords bounds the words of one scalar type.
	maxTypeWords = 8
	// maxCanonical bounds the text within an array, map or struct, in bytes: a
	// struct of hundreds of fields is just "struct".
	maxCanonical = 4096
)

// typeParser reads one type text from left to right.
type typeParser struct {
	platform string
	rest     string
}

// parsedType is what was read of one type.
type parsedType struct {
	canonical                string
	length, precision, scale int
	nullable                 bool
}

func (p *typeParser) whole() parsedType {
	t, ok := p.parse(0)
	p.blanks()
	if !ok || p.rest != "" {
		return parsedType{canonical: other}
	}
	return t
}

// parse reads a type up to a comma, a closing bracket or the end.
func (p *typeParser) parse(depth int) (parsedType, bool) {
	if depth > maxTypeDepth {
		return parsedType{canonical: other}, p.skip()
	}
	p.blanks()
	word, ok := p.word()
	if !ok {
		return parsedType{}, false
	}
	t, ok := p.named(strings.ToLower(word), depth)
	if !ok {
		return t, false
	}
	return p.suffixes(t)
}

// named reads what follows the first word of a type.
func (p *typeParser) named(word string, depth int) (parsedType, bool) {
	p.blanks()
	open := p.peek()
	if open != '(' && open != '<' {
		return p.scalar(word)
	}
	switch word {
	case "nullable", "lowcardinality":
		return p.wrapper(word == "nullable", depth)
	case "array", "list":
		return p.container("array", depth, (*typeParser).plain)
	case "map":
		return p.container("map", depth, (*typeParser).plain)
	case "struct", "row", "record", "tuple", "nested", "object":
		return p.container("struct", depth, (*typeParser).field)
	}
	return p.scalar(word)
}

func (p *typeParser) wrapper(nullable bool, depth int) (parsedType, bool) {
	p.rest = p.rest[1:]
	t, ok := p.parse(depth + 1)
	if !ok || !p.close() {
		return t, false
	}
	t.nullable = t.nullable || nullable
	return t, true
}

// container reads the bracketed members of an array, a map or a struct.
func (p *typeParser) container(name string, depth int, member func(*typeParser, int) (string, bool)) (parsedType, bool) {
	p.rest = p.rest[1:]
	var within strings.Builder
	full := false
	for {
		m, ok := member(p, depth+1)
		if !ok || !p.skip() {
			return parsedType{}, false
		}
		if within.Len() > 0 {
			within.WriteString(", ")
		}
		if full = full || within.Len()+len(m) > maxCanonical; !full {
			within.WriteString(m)
		}
		if p.peek() != ',' {
			break
		}
		p.rest = p.rest[1:]
	}
	if !p.close() {
		return parsedType{}, false
	}
	if full {
		return parsedType{canonical: name}, true
	}
	return parsedType{canonical: name + "<" + within.String() + ">"}, true
}

func (p *typeParser) plain(depth int) (string, bool) {
	t, ok := p.parse(depth)
	return t.inner(), ok
}

// field reads "name type", "name: type" or a type alone.
func (p *typeParser) field(depth int) (string, bool) {
	p.blanks()
	before := p.rest
	name, ok := p.word()
	if !ok {
		return "", false
	}
	p.blanks()
	switch c := p.peek(); {
	case c == ':':
		p.rest = p.rest[1:]
	case c == 0 || strings.IndexByte(",)>(<[", c) >= 0:
		p.rest = before
		return p.plain(depth)
	}
	if strings.ContainsFunc(name, func(r rune) bool { return r < utf8.RuneSelf && !isWordByte(byte(r)) }) {
		name = `"` + name + `"`
	}
	t, ok := p.parse(depth)
	return name + " " + t.inner(), ok
}

// inner is the type as written within another one.
func (t parsedType) inner() string {
	if t.canonical == "decimal" && t.precision > 0 {
		return "decimal(" + strconv.Itoa(t.precision) + "," + strconv.Itoa(t.scale) + ")"
	}
	return t.canonical
}

// scalar reads further words and the first arguments: "timestamp(6) with time
// zone", "character varying(256)", "interval day(2) to second(6)".
func (p *typeParser) scalar(word string) (parsedType, bool) {
	words := []string{word}
	var args []int
	for {
		p.blanks()
		switch c := p.peek(); {
		case c == '(':
			got, ok := p.arguments()
			if !ok {
				return parsedType{}, false
			}
			if args == nil {
				args = got
			}
		case isWordByte(c) || c == '"' || c == '`':
			next, ok := p.word()
			if !ok {
				return parsedType{}, false
			}
			next = strings.ToLower(next)
			if endsType(next) || next == "character" && word != "national" {
				return p.scalarOf(words, args), p.skip()
			}
			if len(words) <= maxTypeWords {
				words = append(words, next)
			}
		default:
			return p.scalarOf(words, args), true
		}
	}
}

// endsType reports whether the type ends before a word.
func endsType(word string) bool {
	switch word {
	case "not", "null", "options", "comment", "collate", "default", "encode", "primary":
		return true
	}
	return false
}

func (p *typeParser) scalarOf(words []string, args []int) parsedType {
	if last := len(words) - 1; last > 0 && words[last] == "array" {
		return parsedType{canonical: "array<" + p.scalarOf(words[:last], args).inner() + ">"}
	}
	return scalarType(p.platform, strings.Join(words, " "), args)
}

// plainType reads "name(10)" and "name(10, 2)", where the name is letters, digits
// and single blanks: nearly all types with arguments that catalogs hold.
func plainType(text string) (name string, args []int, ok bool) {
	open := strings.IndexByte(text, '(')
	if open <= 0 || text[len(text)-1] != ')' {
		return "", nil, false
	}
	for i := range open {
		if c := text[i]; !isWordByte(c) && (c != ' ' || text[i+1] == ' ' || text[i+1] == '(') {
			return "", nil, false
		}
	}
	rest := text[open+1 : len(text)-1]
	for {
		n, size := leadingNumber(rest)
		if size == 0 || len(args) == 2 {
			return "", nil, false
		}
		args = append(args, n)
		if rest = rest[size:]; rest == "" {
			return text[:open], args, true
		}
		if rest[0] != ',' {
			return "", nil, false
		}
		rest = strings.TrimLeft(rest[1:], " ")
	}
}

// scalarType is a type by its name, in lower case with single blanks, and the
// whole numbers that lead its arguments.
func scalarType(platform, name string, args []int) parsedType {
	t := parsedType{canonical: lookupType(platform, name)}
	if t.canonical == "" && strings.HasPrefix(name, "_") && FoldOf(platform) == FoldLower {
		// The PostgreSQL family names the array of a type so.
		if element := lookupType(platform, name[1:]); element != "" {
			return parsedType{canonical: "array<" + element + ">"}
		}
	}
	switch t.canonical {
	case "":
		t.canonical = other
	case "decimal":
		t.precision, t.scale = decimalSize(name, args)
	case "string", "binary":
		if len(args) > 0 && !strings.HasPrefix(name, "enum") {
			t.length = args[0]
		}
	case "float64":
		if name == "float" && len(args) > 0 && args[0] <= 24 && platform != "snowflake" && platform != "oracle" {
			t.canonical = "float32"
		}
	}
	return t
}

// decimalSize returns precision and scale; ClickHouse's Decimal64(s) has only the
// scale, its precision is in the name.
func decimalSize(name string, args []int) (precision, scale int) {
	switch {
	case len(args) == 0:
		return 0, 0
	case name == "decimal32":
		return 9, args[0]
	case name == "decimal64":
		return 18, args[0]
	case name == "decimal128":
		return 38, args[0]
	case name == "decimal256":
		return 76, args[0]
	case len(args) == 1:
		return args[0], 0
	}
	return args[0], args[1]
}

// suffixes reads the [] of arrays.
func (p *typeParser) suffixes(t parsedType) (parsedType, bool) {
	for n := 0; ; n++ {
		p.blanks()
		if p.peek() != '[' {
			return t, true
		}
		end := strings.IndexByte(p.rest, ']')
		if end < 0 {
			return t, false
		}
		p.rest = p.rest[end+1:]
		if n < maxTypeDepth {
			t = parsedType{canonical: "array<" + t.inner() + ">", nullable: t.nullable}
		}
	}
}

// arguments reads "(10, 2)", "(max)", "('a', 'b')": the leading whole numbers
// are returned.
func (p *typeParser) arguments() ([]int, bool) {
	p.rest = p.rest[1:]
	args := []int{}
	for {
		p.blanks()
		n, size := leadingNumber(p.rest)
		if size == 0 {
			break
		}
		args = append(args, n)
		p.rest = p.rest[size:]
		p.blanks()
		if p.peek() != ',' || len(args) == 2 {
			break
		}
		p.rest = p.rest[1:]
	}
	for p.skip() {
		if p.peek() != ',' {
			return args, p.close()
		}
		p.rest = p.rest[1:]
	}
	return nil, false
}

// leadingNumber reads a whole number, negative too (Oracle's and PostgreSQL's
// scales), of at most nine digits; size 0 if there is none.
func leadingNumber(s string) (n, size int) {
	if strings.HasPrefix(s, "-") {
		n, size = leadingNumber(s[1:])
		if size == 0 || s[1] == '-' {
			return 0, 0
		}
		return -n, size + 1
	}
	for size < len(s) && size < 9 && s[size] >= '0' && s[size] <= '9' {
		n = n*10 + int(s[size]-'0')
		size++
	}
	return n, size
}

// skip advances to the next comma or closing bracket of this level, or the end;
// false where brackets or quotes do not close.
func (p *typeParser) skip() bool {
	level := 0
	for p.rest != "" {
		switch c := p.rest[0]; c {
		case '(', '<', '[':
			level++
		case ')', '>', ']':
			if level == 0 {
				return true
			}
			level--
		case ',':
			if level == 0 {
				return true
			}
		case '\'', '"', '`':
			if _, ok := p.quoted(c); !ok {
				return false
			}
			continue
		}
		p.rest = p.rest[1:]
	}
	return level == 0
}

// quoted reads a quoted text; a quote inside is doubled or, in single quotes,
// may follow a backslash.
func (p *typeParser) quoted(quote byte) (string, bool) {
	for i := 1; i < len(p.rest); i++ {
		switch c := p.rest[i]; {
		case c == '\\' && quote == '\'':
			i++
		case c == quote && i+1 < len(p.rest) && p.rest[i+1] == quote:
			i++
		case c == quote:
			text := p.rest[1:i]
			p.rest = p.rest[i+1:]
			return text, true
		}
	}
	return "", false
}

// word reads a name, quoted or not.
func (p *typeParser) word() (string, bool) {
	if c := p.peek(); c == '"' || c == '`' {
		return p.quoted(c)
	}
	end := 0
	for end < len(p.rest) && isWordByte(p.rest[end]) {
		end++
	}
	word := p.rest[:end]
	p.rest = p.rest[end:]
	return word, end > 0
}

func isWordByte(c byte) bool {
	return c == '_' || c == '.' || c == '$' || c == '*' || c == '/' || c == '-' || c >= utf8.RuneSelf ||
		'0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

func (p *typeParser) blanks() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

func (p *typeParser) peek() byte {
	if p.rest == "" {
		return 0
	}
	return p.rest[0]
}

func (p *typeParser) close() bool {
	p.blanks()
	if c := p.peek(); c != ')' && c != '>' {
		return false
	}
	p.rest = p.rest[1:]
	return true
}
