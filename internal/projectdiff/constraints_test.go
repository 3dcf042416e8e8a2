package projectdiff

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestConstraintsOfAChange(t *testing.T) {
	const key = `,"constraints":[{"type":"primary_key","columns":["id","amount"]}]`
	const foreign = `,"constraints":[{"type":"foreign_key","columns":["id"],"to":"\"db\".\"prod\".\"stage\"","to_columns":["amount"]}]`
	const ofColumn = `,"columns":{"amount":{"name":"amount","constraints":[{"type":"not_null"}]}}`
	withoutAmount := func(s *small) { s.stage = "select id, status from {raw} where status = 'ok'" }
	tests := []struct {
		name, stage, mart string
		change            func(*small)
		want              []ConstraintChange
	}{
		{"nothing", key, foreign, func(*small) {}, []ConstraintChange{}},
		{"in another schema", key, foreign, func(s *small) {
			s.schema = "dev"
			s.martMore = `,"constraints":[{"type":"foreign_key","columns":["id"],"to":"\"db\".\"dev\".\"stage\"","to_columns":["amount"]}]`
		}, []ConstraintChange{}},
		{"a column of a key is gone", key, "", withoutAmount, []ConstraintChange{
			{Table: "model.p.stage", Change: Orphaned, Type: "primary_key", Columns: []string{"id", "amount"}},
		}},
		{"a column that a foreign key points to is gone", "", foreign, withoutAmount, []ConstraintChange{
			{Table: "model.p.mart", Change: Orphaned, Type: "foreign_key", Columns: []string{"id"}, To: "model.p.stage", ToColumns: []string{"amount"}},
		}},
		{"a column with a constraint is gone", ofColumn, "", withoutAmount, []ConstraintChange{
			{Table: "model.p.stage", Change: Orphaned, Type: "not_null", Columns: []string{"amount"}},
		}},
		{"gone with its column", key, "", func(s *small) { withoutAmount(s); s.stageMore = "" }, []ConstraintChange{}},
		{"gone", key, foreign, func(s *small) { s.stageMore = "" }, []ConstraintChange{
			{Table: "model.p.stage", Change: Removed, Type: "primary_key", Columns: []string{"id", "amount"}},
		}},
		{"renamed with its column", key, "", func(s *small) {
			s.stage = "select id, amount as total, status from {raw} where status = 'ok'"
			s.stageMore = `,"constraints":[{"type":"primary_key","columns":["total","id"]}]`
		}, []ConstraintChange{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base := standard()
			base.mart, base.stageMore, base.martMore = "select id from {stage}", tt.stage, tt.mart
			head := base
			tt.change(&head)
			c, err := Compare(base.trace(t), head.trace(t))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, c.Constraints); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := c.Summary.ConstraintsOrphaned + c.Summary.ConstraintsRemoved; got != len(tt.want) {
				t.Errorf("%d are counted", got)
			}
		})
	}
}

// What differs or is reached has its tests and its last run, each table once in the counts.
func TestCoverageAndLastRuns(t *testing.T) {
	base := standard()
	base.rewrite = withNodes(dataTest("test.p.unique_id", "unique", "model.p.stage", "id"), dataTest("test.p.rows", "rows", "model.p.stage", ""))
	head := base
	head.stage = "select id, amount + 1 as amount, status from {raw} where status = 'ok'"
	c, err := Compare(base.trace(t), head.trace(t))
	if err != nil {
		t.Fatal(err)
	}
	c.Note(func(id string) *LastRun {
		return map[string]*LastRun{"model.p.stage": {Status: "success"}, "test.p.rows": {Status: "fail"}, "model.p.mart": {Status: "error"}}[id]
	})
	want := &Coverage{Tests: 2, Failed: 1, Columns: 3, ColumnsTested: 1, IDs: []string{"test.p.rows", "test.p.unique_id"}}
	if len(c.Tables) != 1 || c.Tables[0].LastRun == nil || c.Tables[0].LastRun.Status != "success" {
		t.Fatalf("tables: %+v", c.Tables)
	}
	if diff := cmp.Diff(want, c.Tables[0].Tests); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, h := range c.Hits {
		if h.UniqueID == "model.p.mart" && (!h.LastRun.Failed() || h.Tests.Tests != 0) {
			t.Errorf("%+v", h)
		}
	}
	if c.Summary.TablesUntested != 1 || c.Summary.TablesFailed != 2 {
		t.Errorf("%d untested, %d failed", c.Summary.TablesUntested, c.Summary.TablesFailed)
	}
}
