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
	var columns []string
	for i := range count {
		columns = append(columns, fmt.Sprintf(`"c%02d":{"name":"c%02d","description":%q}`, i, i, strings.Repeat("x", bytes)))
	}
	s := Start(t, Options{})
	key := s.Key(t, access.AdminWorkspace)
	schema := s.Schema(t, "Warehouse")
	s.Import(t, key, schema, File("manifest", "manifest.json", []byte(small(node("wide", `,"columns":{`+strings.Join(columns, ",")+`}`)))))
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
