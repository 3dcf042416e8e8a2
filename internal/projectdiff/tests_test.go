package projectdiff

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// dataTest is a test of a column in a manifest.
func dataTest(id, kind, table, column string) string {
	return fmt.Sprintf(`%q:{"unique_id":%[1]q,"resource_type":"test","name":%[1]q,"database":"db","schema":"audit","attached_node":%[3]q,"column_name":%[4]q,"test_metadata":{"name":%[2]q,"kwargs":{}},"config":{},"depends_on":{"nodes":[%[3]q]}}`,
		id, kind, table, column)
}

func withNodes(nodes ...string) *strings.Replacer {
	return strings.NewReplacer(`"nodes":{"model.p.stage"`, `"nodes":{`+strings.Join(nodes, ",")+`,"model.p.stage"`)
}

func TestTestsOfAChange(t *testing.T) {
	amount, id := dataTest("test.p.not_null_amount", "not_null", "model.p.stage", "amount"), dataTest("test.p.unique_id", "unique", "model.p.stage", "id")
	tests := []struct {
		name   string
		before []string
		after  []string
		stage  string // SQL after; "" for that of before
		want   []TestChange
	}{
		{"nothing", []string{amount, id}, []string{amount, id}, "", []TestChange{}},
		{"a test is gone", []string{amount, id}, []string{amount}, "", []TestChange{{UniqueID: "test.p.unique_id", Change: Removed, Table: "model.p.stage", Column: "id"}}},
		{"a test is new", []string{id}, []string{amount, id}, "", []TestChange{}},
		{
			"under another id", []string{id}, []string{dataTest("test.p.unique_stage_id", "unique", "model.p.stage", "ID")}, "", []TestChange{},
		},
		{
			"its column is gone",
			[]string{amount, id},
			[]string{amount, id},
			"select id, status from {raw} where status = 'ok'",
			[]TestChange{{UniqueID: "test.p.not_null_amount", Change: Orphaned, Table: "model.p.stage", Column: "amount"}},
		},
		{"gone with its column", []string{amount, id}, []string{id}, "select id, status from {raw} where status = 'ok'", []TestChange{}},
		{
			"its column has another name",
			[]string{amount, id},
			[]string{amount, id},
			"select id, amount as total, status from {raw} where status = 'ok'",
			[]TestChange{{UniqueID: "test.p.not_null_amount", Change: Orphaned, Table: "model.p.stage", Column: "amount"}},
		},
		{
			"renamed with its column",
			[]string{amount, id},
			[]string{dataTest("test.p.not_null_total", "not_null", "model.p.stage", "total"), id},
			"select id, amount as total, status from {raw} where status = 'ok'",
			[]TestChange{},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base := standard()
			base.mart = "select id from {stage}"
			head := base
			base.rewrite, head.rewrite = withNodes(tt.before...), withNodes(tt.after...)
			if tt.stage != "" {
				head.stage = tt.stage
			}
			c, err := Compare(base.trace(t), head.trace(t))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, c.Tests); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := c.Count("warning") - c.Summary.Breaking - c.Summary.HitExposures - c.Summary.HitMetrics; got != len(tt.want) {
				t.Errorf("%d are warnings, want %d", got, len(tt.want))
			}
		})
	}
}

func TestContracts(t *testing.T) {
	contract := `,"contract":{"enforced":true}`
	tests := []struct {
		name   string
		change func(*small)
		broken int
	}{
		{"kept", func(s *small) { s.stage = "select id, amount, status, 1 as one from {raw} where status = 'ok'" }, 0},
		{"a column is gone", func(s *small) { s.stage = "select id, amount from {raw} where status = 'ok'" }, 1},
		{"no longer enforced", func(s *small) { s.stageMore = "" }, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base := standard()
			base.stageMore = contract
			head := base
			tt.change(&head)
			c, err := Compare(base.trace(t), head.trace(t))
			if err != nil {
				t.Fatal(err)
			}
			if c.Summary.ContractsBroken != tt.broken || min(c.Summary.Breaking, 1) != tt.broken {
				t.Errorf("%d contracts broken, %d breaking: %+v", c.Summary.ContractsBroken, c.Summary.Breaking, c.Tables)
			}
		})
	}
}
