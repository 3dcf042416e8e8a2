package gen

import (
	"fmt"
	"strings"
)

// builtinMacros are those that tests depend on.
var builtinMacros = [...]string{
	"test_unique", "test_not_null", "test_accepted_values", "test_relationships", "get_where_subquery",
}

// macros writes the macros that dbt and an adapter bring along, about 1 kB each.
func (p *Plan) macros(w *jsonWriter) {
	w.key("macros")
	w.open('{')
	for n := range p.project.Macros {
		name := fmt.Sprintf("default__operation_%04d", n)
		if n < len(builtinMacros) {
			name = builtinMacros[n]
		}
		id := "macro.dbt." + name
		w.key(id)
		w.open('{')
		w.text("name", name)
		w.pairs("resource_type", `"macro"`, "package_name", `"dbt"`)
		path := fmt.Sprintf("macros/generated/part_%02d.sql", n/20)
		w.text("path", path)
		w.text("original_file_path", path)
		w.text("unique_id", id)
		w.text("macro_sql", macroSQL(name, newRandom(p.project.Seed, "macro", n)))
		w.pairs("depends_on", `{"macros": []}`, "description", `""`, "meta", "{}", "docs", shownDocs,
			"patch_path", "null", "arguments", "[]")
		p.createdAt(w, 0)
		w.literal("supported_languages", "null")
		w.close('}')
	}
	w.close('}')
}

func macroSQL(name string, r *random) string {
	var b strings.Builder
	fmt.Fprintf(&b, "{%% macro %s(relation, columns) %%}\n", name)
	for range 2 + r.below(8) {
		noun := nouns[r.below(len(nouns))]
		fmt.Fprintf(&b, "  {%%- set %s_column = adapter.quote(columns[%d].name) -%%}\n", noun, r.below(20))
		fmt.Fprintf(&b, "  select {{ %s_column }} from {{ relation }} where {{ %s_column }} is not null\n", noun, noun)
	}
	b.WriteString("{% endmacro %}")
	return b.String()
}
