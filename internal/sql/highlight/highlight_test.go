package highlight

import (
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
)

func cut(text string, parts []int32) []string {
	var out []string
	for pair := range slices.Chunk(parts, 2) {
		out = append(out, text[pair[0]:pair[1]])
	}
	return out
}

func TestRead(t *testing.T) {
	text := `-- who buys
select sum(o.amount) as total, 'é' || "Name", cast(1.5 as int) /* twice */
from {{ ref("orders") }} o where o.id in (1) and exists (select 1)`
	p := Read(text, dialect.Default)
	for name, c := range map[string]struct{ got, want []string }{
		"keywords":  {cut(text, p.Keywords), []string{"select", "as", "as", "from", "where", "in", "and", "exists", "select"}},
		"functions": {cut(text, p.Functions), []string{"sum", "cast"}},
		"names":     {cut(text, p.Names), []string{"o", "amount", "total", `"Name"`, "int", "o", "o", "id"}},
		"strings":   {cut(text, p.Strings), []string{"'é'"}},
		"numbers":   {cut(text, p.Numbers), []string{"1.5", "1", "1"}},
		"comments":  {cut(text, p.Comments), []string{"-- who buys", "/* twice */"}},
		"templates": {cut(text, p.Templates), []string{`{{ ref("orders") }}`}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
}

// Every part lies within the text, after the one before of its class, and no two of any class overlap.
func FuzzRead(f *testing.F) {
	for _, text := range []string{"", "select 1", "'open", "/* open", "{{ x", "a--b\n\"c", "\xff\xfe'", "#\n//x"} {
		f.Add(text, "duckdb")
		f.Add(text, "bigquery")
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		d, ok := dialect.ByName(name)
		if !ok {
			d = dialect.Default
		}
		p := Read(text, d)
		covered := make([]bool, len(text))
		for _, parts := range [][]int32{p.Keywords, p.Functions, p.Names, p.Strings, p.Numbers, p.Comments, p.Templates} {
			end := int32(0)
			for pair := range slices.Chunk(parts, 2) {
				if pair[0] < end || pair[1] <= pair[0] || int(pair[1]) > len(text) {
					t.Fatalf("%v of %q", parts, text)
				}
				for i := pair[0]; i < pair[1]; i++ {
					if covered[i] {
						t.Fatalf("byte %d of %q is in two parts", i, text)
					}
					covered[i] = true
				}
				end = pair[1]
			}
		}
		for i, c := range covered {
			if !c && strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789", rune(text[i])) && !strings.ContainsAny(text, "$?:#@<>|=") {
				t.Fatalf("byte %d of %q has no class", i, text)
			}
		}
	})
}
