package apitest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// mcpShop is a server with both states of the shop.
func mcpShop(t testing.TB) (*Server, string) {
	t.Helper()
	s := Start(t, Options{})
	schema := s.Schema(t, "Analytics Warehouse")
	admin := s.Key(t, access.AdminWorkspace)
	importShop(t, s, admin, schema, false)
	importShop(t, s, admin, schema, true)
	return s, schema
}

// mcpCalls has a call of every tool that has rows in the shop.
var mcpCalls = map[string]map[string]any{
	"list_schemas":       {},
	"search":             {"query": "orders"},
	"get_asset":          {"asset": "fct_orders"},
	"get_code":           {"asset": "fct_orders"},
	"get_lineage":        {"asset": "fct_orders"},
	"get_column_lineage": {"asset": "fct_orders", "column": "net_amount"},
	"get_impact":         {"asset": "stg_orders", "column": "order_id"},
	"list_changes":       {"since": "0"},
	"list_tests":         {},
	"list_runs":          {"run": "latest"},
	"list_freshness":     {},
}

// Every tool keeps to the number of tokens that a client asks for, and its cursors lead through all rows, each once.
func TestMCPPages(t *testing.T) {
	s, _ := mcpShop(t)
	a := s.Agent(t)
	tools, err := a.ListTools(t.Context(), nil)
	if err != nil || len(tools.Tools) != len(mcpCalls) {
		t.Fatalf("%d tools, %d calls: %v", len(tools.Tools), len(mcpCalls), err)
	}
	for _, tool := range tools.Tools {
		arguments := maps.Clone(mcpCalls[tool.Name])
		arguments["max_tokens"] = 25_000
		whole := a.Ask(t, tool.Name, arguments)
		if whole["next_cursor"] != nil && tool.Name != "list_changes" {
			t.Errorf("%s: not whole: %v", tool.Name, whole["shown"])
		}
		pages, rows := a.pages(t, tool.Name, mcpCalls[tool.Name], 1000)
		for list := range whole["shown"].(map[string]any) {
			want, _ := whole[list].([]any)
			if tool.Name != "list_changes" && len(want) != len(rows[list]) || len(want) > 0 && !reflect.DeepEqual(want, rows[list][:len(want)]) {
				t.Errorf("%s: %d %s on %d pages, %d at once", tool.Name, len(rows[list]), list, pages, len(want))
			}
		}
	}
}

// pages reads every page of an answer within some tokens and returns the rows of all lists.
func (a Agent) pages(t testing.TB, tool string, arguments map[string]any, most int) (pages int, rows map[string][]any) {
	t.Helper()
	rows = map[string][]any{}
	arguments = maps.Clone(arguments)
	arguments["max_tokens"] = most
	for {
		text, failed := a.Call(t, tool, arguments)
		pages++
		if failed || len(text) > most*5 || pages > 300 {
			t.Fatalf("%s, page %d of %d bytes: %s", tool, pages, len(text), text)
		}
		var answer map[string]any
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			t.Fatal(err)
		}
		for list := range answer["shown"].(map[string]any) {
			more, _ := answer[list].([]any)
			rows[list] = append(rows[list], more...)
		}
		if answer["next_cursor"] == nil {
			return pages, rows
		}
		arguments["cursor"] = answer["next_cursor"]
	}
}

// Names are those of dbt and of people. One that means several things is refused with what it may mean, one that means
// nothing with names that look like it.
func TestMCPNames(t *testing.T) {
	s, schema := mcpShop(t)
	a := s.Agent(t)
	orders := a.Ask(t, "get_asset", map[string]any{"asset": "fct_orders"})
	for _, name := range []string{"model.shop.fct_orders", "marts.fct_orders", "shop.marts.fct_orders", "FCT_ORDERS", orders["id"].(string)} {
		if got := a.Ask(t, "get_asset", map[string]any{"asset": name}); got["id"] != orders["id"] {
			t.Errorf("%s is %v, want %v", name, got["id"], orders["id"])
		}
	}
	// A table before a metric and a semantic model of that name, and of a model's versions the latest.
	got := a.Ask(t, "get_asset", map[string]any{"asset": "orders"})
	if got["asset"] != "source.shop.landing.orders" || !strings.Contains(fmt.Sprint(got["notes"]), "metric.shop.orders (metric) has the same name") {
		t.Errorf("orders is %v, notes %v", got["asset"], got["notes"])
	}
	if got := a.Ask(t, "get_asset", map[string]any{"asset": "dim_customers"}); got["asset"] != "model.shop.dim_customers.v2" {
		t.Errorf("dim_customers is %v", got["asset"])
	}
	for name, call := range map[string]struct {
		tool      string
		arguments map[string]any
		want      []string
	}{
		"no asset":         {"get_asset", map[string]any{"asset": "fct_order"}, []string{"did you mean", "model.shop.fct_orders", "not-found"}},
		"no column":        {"get_column_lineage", map[string]any{"asset": "fct_orders", "column": "net_amout"}, []string{"net_amount"}},
		"no schema":        {"list_tests", map[string]any{"schema": "Analytic Warehouse"}, []string{"Analytics Warehouse"}},
		"no version":       {"get_asset", map[string]any{"asset": "fct_orders", "at": "99"}, []string{"does not exist"}},
		"no time":          {"get_asset", map[string]any{"asset": "fct_orders", "at": "soon"}, []string{"want a version number"}},
		"no status":        {"list_tests", map[string]any{"status": "failed"}, []string{"fail"}},
		"foreign cursor":   {"list_tests", map[string]any{"cursor": "AAAA"}, []string{"invalid-cursor"}},
		"too few tokens":   {"list_tests", map[string]any{"max_tokens": 10}, []string{"1000 to 25000"}},
		"unknown argument": {"list_tests", map[string]any{"state": "x"}, []string{"state"}},
		"empty":            {"get_asset", map[string]any{"asset": " "}, []string{"must not be empty"}},
	} {
		text, failed := a.Call(t, call.tool, call.arguments)
		for _, want := range call.want {
			if !failed || !strings.Contains(text, want) {
				t.Errorf("%s: %v %s, want %q", name, failed, text, want)
			}
		}
	}
	staging := s.Schema(t, "Staging")
	importShop(t, s, s.Key(t, access.AdminWorkspace), staging, false)
	text, failed := a.Call(t, "get_asset", map[string]any{"asset": "fct_orders"})
	if !failed || !strings.Contains(text, schema) || !strings.Contains(text, "in "+staging+" (Staging)") {
		t.Errorf("a name in two schemas: %s", text)
	}
	if got := a.Ask(t, "get_asset", map[string]any{"asset": "fct_orders", "schema": "staging"}); got["id"] == orders["id"] {
		t.Errorf("of another schema: %v", got["id"])
	}
}

// A key needs both scopes, and sees with MCP what it sees otherwise.
func TestMCPVisibility(t *testing.T) {
	s, schema := mcpShop(t)
	if _, err := s.Connect(t, s.Key(t, access.ReadCatalog)); err == nil {
		t.Error("connected without read:mcp")
	}
	if r := s.Send(t, http.MethodPost, "/mcp", "", `{}`); r.Status != http.StatusUnauthorized {
		t.Errorf("no key: %d %s", r.Status, r.Body)
	}
	if r := s.Get(t, "/mcp", s.Key(t, access.ReadMCP)); r.Status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d %s", r.Status, r.Body)
	}
	blind, err := s.Connect(t, s.Key(t, access.ReadMCP))
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.Store.CreateSchema(t.Context(), catalog.DefaultWorkspace, "Other", "prod", store.By{})
	if err != nil {
		t.Fatal(err)
	}
	limited, err := s.Connect(t, s.KeyFor(t, catalog.DefaultWorkspace, access.NewKey{
		Name: "limited", Scopes: []access.Scope{access.ReadMCP, access.ReadCatalog}, SchemaIDs: []catalog.SchemaID{other.ID},
	}))
	if err != nil {
		t.Fatal(err)
	}
	asset := s.Agent(t).Ask(t, "get_asset", map[string]any{"asset": "fct_orders", "schema": schema})["id"]
	for tool, arguments := range mcpCalls {
		if text, failed := blind.Call(t, tool, arguments); !failed || !strings.Contains(text, "read:catalog") {
			t.Errorf("%s without read:catalog: %s", tool, text)
		}
		arguments = maps.Clone(arguments)
		if text, _ := limited.Call(t, tool, arguments); strings.Contains(text, "fct_orders\"") && !strings.Contains(text, "does not exist") {
			t.Errorf("%s of another schema: %s", tool, text)
		}
		if tool != "list_schemas" {
			arguments["schema"] = schema
			if text, failed := limited.Call(t, tool, arguments); !failed || !strings.Contains(text, "not-found") {
				t.Errorf("%s names another schema: %s", tool, text)
			}
		}
	}
	for _, tool := range []string{"get_asset", "get_code", "get_lineage", "get_impact"} {
		if text, failed := limited.Call(t, tool, map[string]any{"asset": asset}); !failed || !strings.Contains(text, "not-found") {
			t.Errorf("%s by id: %s", tool, text)
		}
	}
	if got := limited.Ask(t, "list_schemas", nil); !slices.Equal(Every(got, "schemas", "id"), []string{other.ID.String()}) {
		t.Errorf("schemas of a limited key: %v", got)
	}
}
