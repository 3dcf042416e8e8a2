package apitest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
)

// A page of columns with long texts ends early; the pages together have every column once.
func TestPagesOfColumnsAreBounded(t *testing.T) {
	t.Parallel()
	const count, bytes = 40, 200 << 10
	text := strings.Repeat("x", bytes)
	var columns, described []string
	for i := range count {
		comment := ""
		if i%2 == 0 { // a node may have 4 MiB, and the catalog's table too
			columns = append(columns, fmt.Sprintf(`"c%02d":{"name":"c%02d","description":%q}`, i, i, text))
		} else {
			comment = text
		}
		described = append(described, fmt.Sprintf(`"c%02d":{"name":"c%02d","type":"text","index":%d,"comment":%q}`, i, i, i, comment))
	}
	catalog := `{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/catalog/v1.json","generated_at":"2026-11-26T07:00:00Z"},` +
		`"nodes":{"model.p.wide":{"metadata":{"type":"table","database":"d","schema":"s","name":"wide"},"columns":{` + strings.Join(described, ",") + `}}},"sources":{}}`
	s := Start(t, Options{})
	key := s.Key(t, access.AdminWorkspace)
	schema := s.Schema(t, "Warehouse")
	s.Import(t, key, schema, File("manifest", "manifest.json", []byte(small(node("wide", `,"columns":{`+strings.Join(columns, ",")+`}`)))), File("catalog", "catalog.json", []byte(catalog)))
	id := s.Get(t, "/api/v1/assets/by-unique-id?schema_id="+schema+"&unique_id=model.p.wide", key).At(t, "data.id").(string)
	seen, pages := map[string]bool{}, 0
	for next, more := "/api/v1/assets/"+id+"/columns", true; more; pages++ {
		page := s.Get(t, next, key)
		if len(page.Body) > 5<<20 {
			t.Errorf("a page of %d bytes", len(page.Body))
		}
		for _, column := range page.At(t, "data").([]any) {
			seen[At(column, "id").(string)] = true
		}
		if total := page.At(t, "meta.total"); total != float64(count) {
			t.Errorf("total %v", total)
		}
		next, more = page.At(t, "links.next").(string)
	}
	if len(seen) != count || pages != 2 {
		t.Errorf("%d columns on %d pages", len(seen), pages)
	}
}
