package apitest

import (
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
)

// Macros and docs blocks are assets that lists have where they are asked for, with their texts and what uses them.
func TestMacrosAndDocs(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, s *Server) {
		r := &caseRig{Server: s, t: t, key: s.Key(t, access.AdminWorkspace), schema: s.Schema(t, "Analytics Warehouse")}
		importShop(t, s, r.key, r.schema, true)
		of := "schema_id=" + r.schema
		r.wants("macros of the project", r.get("/api/v1/assets?kind=macro&package=shop&"+of, "meta.total"), 4.0)
		r.wants("docs blocks", r.get("/api/v1/assets?kind=doc&"+of, "meta.total"), 4.0)
		r.wants("a list that does not ask for them", r.get("/api/v1/assets?package=shop&q=name:cents_to_pounds&"+of, "meta.total"), 0.0)
		r.wants("the graph", r.get("/api/v1/lineage?select=cents_to_pounds&"+of, "meta.total_nodes"), 0.0)

		macro := "/api/v1/assets/macro.shop.cents_to_pounds"
		if id := r.get(macro+"?"+of, "data.id").(string); !strings.HasPrefix(id, "MAC-") {
			t.Errorf("id of a macro: %s", id)
		}
		r.wants("language of a macro", r.get(macro+"/code?"+of, "data.attributes.language"), "jinja")
		if text := r.get(macro+"/code?"+of, "data.attributes.raw").(string); !strings.Contains(text, "macro cents_to_pounds") {
			t.Errorf("text of a macro: %s", text)
		}
		r.wants("uses of a macro", r.get(macro+"/used_by?"+of, "data.0.attributes"), map[string]any{
			"name": "fct_refunds", "kind": "model", "unique_id": "model.shop.fct_refunds", "column": nil,
		})
		r.wants("macros of a model", r.get("/api/v1/assets/model.shop.fct_refunds?"+of, "data.attributes.dbt.macros"), []any{"macro.shop.cents_to_pounds"})
		r.wants("data tests that use a macro", r.get("/api/v1/assets/macro.shop.test_not_negative/used_by?"+of, "data.0.attributes.kind"), "test")

		doc := "/api/v1/assets/doc.shop.net_amount"
		if text := r.get(doc+"?"+of, "data.attributes.description.value"); text == nil {
			t.Error("a docs block has no text")
		}
		r.wants("column whose description has a docs block", r.get(doc+"/used_by?"+of, "data.0.attributes.column"), "net_amount")
		r.wants("uses of a model", r.get("/api/v1/assets/model.shop.fct_refunds/used_by?"+of, "meta.total"), 0.0)

		page := r.get(macro+"/used_by?limit=1&"+of, "links.next").(string)
		r.wants("the second page", r.get(page, "meta.total"), r.get(macro+"/used_by?"+of, "meta.total"))
	})
}
