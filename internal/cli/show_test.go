package cli

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// Assets are shown by every name that they have, and what a change of them reaches is listed.
func TestShowAndImpact(t *testing.T) {
	data := shortDir(t)
	ok(t, "schemas", "create", "--name", "Analytics Warehouse", "--data", data)
	ok(t, "import", "--wait", "--data", data, "--manifest", artifacts+"manifest.json.gz", "--catalog", artifacts+"catalog.json.gz", "--run-results", artifacts+"run_results.json.gz")
	byName := ok(t, "show", "fct_orders", "--data", data)
	id := regexp.MustCompile(`(?m)^id +(TBL-\d+)$`).FindStringSubmatch(byName)
	if id == nil || !strings.Contains(byName, "\nkind          model\n") || !strings.Contains(byName, "\ncolumn\torder_id\t") {
		t.Fatalf("show printed %s", byName)
	}
	for _, name := range []string{id[1], "model.shop.fct_orders", "marts.fct_orders"} {
		if out := ok(t, "show", name, "--data", data); out != byName {
			t.Errorf("show %s printed %s", name, out)
		}
	}
	if out := ok(t, "show", "1+fct_orders", "--data", data); !strings.Contains(out, id[1]+"\tmodel\tfct_orders\n") || strings.Count(out, "\n") < 2 {
		t.Errorf("show of a selector printed %s", out)
	}
	for line := range strings.Lines(ok(t, "show", "fct_orders", "--json", "--data", data)) {
		if !json.Valid([]byte(line)) {
			t.Errorf("show --json printed %s", line)
		}
	}
	if code, _, errs := run(t, "show", "fct_order", "--data", data); code != Failed || !strings.Contains(errs, "fct_orders") {
		t.Errorf("a name that is misspelt: %d %s", code, errs)
	}
	whole, column := ok(t, "impact", "fct_orders", "--data", data), ok(t, "impact", "stg_orders.order_id", "--data", data)
	if !strings.Contains(whole, "\tdownstream\n") || !strings.Contains(whole, "exposure\tEXP-") || !strings.Contains(whole, "owner\t") {
		t.Errorf("impact printed %s", whole)
	}
	if !strings.HasPrefix(column, "column\tTBL-") || !strings.Contains(column, "\tfct_orders.order_id\n") || !strings.Contains(column, "exposure\tEXP-") {
		t.Errorf("impact of a column printed %s", column)
	}
	for _, name := range []string{"staging.stg_orders.order_id", "model.shop.stg_orders.order_id"} {
		if out := ok(t, "impact", name, "--data", data); out != column {
			t.Errorf("impact %s printed %s", name, out)
		}
	}
	if out := ok(t, "impact", "fct_orders", "--json", "--data", data); !json.Valid([]byte(out)) {
		t.Errorf("impact --json printed %s", out)
	}
	if code, _, errs := run(t, "impact", "fct_orders.order", "--data", data); code != Failed || !strings.Contains(errs, "order") {
		t.Errorf("a column that does not exist: %d %s", code, errs)
	}
}

func TestComplete(t *testing.T) {
	var cmds commands
	parser, err := kong.New(&cmds)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		words []string
		want  []string
	}{
		{[]string{"sh"}, []string{"show"}},
		{[]string{"keys", "re"}, []string{"revoke"}},
		{[]string{"export", "--for"}, []string{"--format"}},
		{[]string{"export", "--format", ""}, []string{"jsonl", "parquet"}},
		{[]string{"export", "--schema", "SCH-101", "--format", "p"}, []string{"parquet"}},
		{[]string{"completion", "z"}, []string{"zsh"}},
		{[]string{"nothing", "--x"}, nil},
	} {
		got := complete(t.Context(), parser.Model, c.words)
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.words, got, c.want)
		}
	}
	if got := complete(t.Context(), parser.Model, nil); !slices.Contains(got, "import") || slices.Contains(got, completeCommand) {
		t.Errorf("no words: %q", got)
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if out := ok(t, "completion", shell); !strings.Contains(out, "thalweg "+completeCommand) {
			t.Errorf("the script of %s is %s", shell, out)
		}
	}
	if out := ok(t, completeCommand, "sea"); out != "search\n" {
		t.Errorf("%s printed %q", completeCommand, out)
	}
}
