package postgres

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// parseConstraint reads what pg_get_constraintdef writes, such as
// FOREIGN KEY (a, "B c") REFERENCES raw.people(id, "B"). Without a schema the target is in the one of the table.
func parseConstraint(text, schema string) (k warehouse.Constraint, ok bool) {
	for prefix, kind := range map[string]warehouse.ConstraintType{
		"PRIMARY KEY (": warehouse.PrimaryKey, "UNIQUE (": warehouse.Unique, "FOREIGN KEY (": warehouse.ForeignKey,
	} {
		rest, found := strings.CutPrefix(text, prefix)
		if !found {
			continue
		}
		k.Type = kind
		if k.Columns, rest, ok = cutNames(rest, ',', ')'); !ok {
			return k, false
		}
		if kind != warehouse.ForeignKey {
			return k, true
		}
		if rest, ok = strings.CutPrefix(rest, " REFERENCES "); !ok {
			return k, false
		}
		var target []string
		if target, rest, ok = cutNames(rest, '.', '('); !ok || len(target) > 2 {
			return k, false
		}
		k.ToTable, k.ToSchema = target[len(target)-1], schema
		if len(target) == 2 {
			k.ToSchema = target[0]
		}
		k.ToColumns, _, ok = cutNames(rest, ',', ')')
		return k, ok && len(k.ToColumns) == len(k.Columns)
	}
	return k, false
}

// cutNames reads names between separators up to an end, which it cuts off.
func cutNames(text string, separator, end byte) (names []string, rest string, ok bool) {
	for {
		text = strings.TrimLeft(text, " ")
		var name string
		if name, text, ok = cutName(text, separator, end); !ok || text == "" {
			return nil, "", false
		}
		names = append(names, name)
		if text[0] == end {
			return names, text[1:], true
		}
		text = text[1:]
	}
}

// cutName reads one name, in double quotes or not, up to a separator or an end.
func cutName(text string, separator, end byte) (name, rest string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		n := strings.IndexAny(text, string([]byte{separator, end}))
		if n < 1 {
			return "", "", false
		}
		return text[:n], text[n:], true
	}
	var b strings.Builder
	for n := 1; n < len(text); n++ {
		switch {
		case text[n] != '"':
			b.WriteByte(text[n])
		case n+1 < len(text) && text[n+1] == '"':
			b.WriteByte('"')
			n++
		default:
			rest = text[n+1:]
			return b.String(), rest, b.Len() > 0 && rest != "" && (rest[0] == separator || rest[0] == end)
		}
	}
	return "", "", false
}
