package resolve

import (
	"slices"
	"strconv"
	"strings"
)

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
