package revision

import (
	"errors"
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

func (r *rig) revert(reversal Reversal) (RevertResult, error) {
	reversal.Cause = catalog.Cause{Kind: catalog.CauseRevert, ID: reversal.Version}
	return r.Revert(r.t.Context(), ws, r.schema, reversal, Options{Holder: "test", Actor: tester})
}

// TestRevert: what a project reported in a version is undone as a whole, nodes, columns, tests and edges, and so is the
// revert itself. What others report and what people wrote stays.
func TestRevert(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		a, b, c := model("a", "id"), model("b", "id"), model("c", "id")
		b.parents, c.parents, b.tested = []string{a.id}, []string{b.id, "model.shop.unknown"}, "id"
		reader := thing{id: "model.other.reader", kind: catalog.KindModel, relation: "other.reader", parents: []string{b.id}}
		first := r.dbt("shop", a, b, c)
		r.apply(first)
		r.apply(r.warehouseOf("shop", a, b))
		r.apply(r.dbt("other", reader))
		before := r.state()

		d := model("d", "id")
		a.description, a.tested, b.tested = "changed", "id", ""
		d.parents, b.parents = []string{a.id}, []string{a.id, d.id, reader.id}
		wider := b
		wider.columns = []string{"id", "more"}
		changed := r.apply(r.dbt("shop", a, b, d), r.warehouseOf("shop", a, wider, d))
		after := r.state()
		r.apply(r.describe("a", "id", "by a person"))
		edited := r.described("a")

		undone, err := r.revert(Reversal{Project: first.Project, Version: changed.Version})
		if err != nil || undone.Restored == 0 || undone.NotRestored != 0 {
			t.Fatalf("%+v, %v", undone, err)
		}
		if r.at("analytics.d").ID != 0 || r.at("analytics.c").ID == 0 || r.at("analytics.a").Description.Value != "" {
			t.Errorf("reverted:\n%s\nbefore:\n%s", r.state(), before)
		}
		wantStrings(t, "columns", r.columns("analytics.b"), "id")
		wantStrings(t, "edges", r.edges(), "analytics.a → analytics.b (dbt_import)", "analytics.b → analytics.c (dbt_import)",
			"analytics.b → other.reader (dbt_import)", "model.shop.unknown? → analytics.c (dbt_import)")
		wantStrings(t, "what a person wrote", r.described("a"), edited...)
		if tests, err := r.store.TestsOf(t.Context(), ws, r.schema, 0, first.Project, false); err != nil || len(tests) != 1 || tests[0].UniqueID != "test.model.shop.b.id" {
			t.Errorf("tests %+v, %v", tests, err)
		}

		again, err := r.revert(Reversal{Project: first.Project, Version: undone.Version})
		if err != nil || again.Version == 0 {
			t.Fatalf("%+v, %v", again, err)
		}
		if got := r.state(); got != after {
			t.Errorf("the revert was reverted:\n%s\nwant\n%s", got, after)
		}
	})
}

// TestRevertOfTheFirstVersion: before it there was nothing.
func TestRevertOfTheFirstVersion(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		first := r.dbt("shop", chain(3)...)
		r.apply(first)
		if result, err := r.revert(Reversal{Project: first.Project, Version: 1}); err != nil || result.Removed != 3 || len(r.edges()) != 0 {
			t.Errorf("%+v, %v, edges %v", result, err, r.edges())
		}
	})
}

// TestRevertAfterLaterChanges: what a later version changed is a conflict, or left as it is where that is asked for.
func TestRevertAfterLaterChanges(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		a, b := model("a", "id"), model("b", "id")
		first := r.dbt("shop", a, b)
		r.apply(first)
		a.description, b.description = "second", "second"
		second := r.apply(r.dbt("shop", a, b))
		b.description = "third"
		r.apply(r.dbt("shop", a, b))
		reversal := Reversal{Project: first.Project, Version: second.Version}
		if _, err := r.revert(reversal); !errors.Is(err, catalog.ErrConflict) || r.version() != 3 {
			t.Errorf("%v, version %d", err, r.version())
		}
		reversal.Partly = true
		result, err := r.revert(reversal)
		if err != nil || result.Restored != 1 || result.NotRestored != 1 {
			t.Errorf("%+v, %v", result, err)
		}
		if one, other := r.at("analytics.a").Description.Value, r.at("analytics.b").Description.Value; one != "" || other != "third" {
			t.Errorf("descriptions %q, %q", one, other)
		}
	})
}

// TestRevertThatCannotBe: of an unknown project or version, or while another holds the schema, nothing is undone.
func TestRevertThatCannotBe(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		first := r.dbt("shop", chain(2)...)
		r.apply(first)
		for reversal, want := range map[Reversal]error{
			{Project: 999, Version: 1}:           catalog.ErrNotFound,
			{Project: first.Project, Version: 9}: catalog.ErrConflict, // the state before it is not stored
		} {
			if _, err := r.revert(reversal); !errors.Is(err, want) || r.version() != 1 {
				t.Errorf("%+v: %v, want %v; version %d", reversal, err, want, r.version())
			}
		}
		_, release, err := r.Hold(t.Context(), ws, r.schema, Options{Holder: "another"})
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		if _, err := r.revert(Reversal{Project: first.Project, Version: 1}); !errors.Is(err, catalog.ErrBusy) {
			t.Errorf("while another holds the schema: %v", err)
		}
	})
}

// TestPolicy: a change of the policy is applied to the tables that it concerns, in the version that brings it.
func TestPolicy(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		a, b := model("a", "id"), model("b", "id")
		a.description, b.description = "of dbt", "of dbt"
		r.apply(r.dbt("shop", a, b))
		edit := r.describe("a", "", "of a person")
		r.apply(edit)
		for _, step := range []struct {
			rule catalog.Rule
			a, b string
			made bool
		}{
			{catalog.Always, "of dbt", "of dbt", false},
			{catalog.Smart, "of a person", "of dbt", true},
			{catalog.Smart, "of a person", "of dbt", false},
			{catalog.Never, "of a person", "", true},
			{catalog.Always, "of dbt", "of dbt", true},
		} {
			policy := catalog.Policy{Description: step.rule}
			set := func(p *catalog.Policy) { *p = policy }
			result, err := r.try(Options{
				Policy: &policy,
				Finish: func(*Result) (store.Flip, error) { return store.Flip{Patch: &store.SchemaPatch{Policy: set}}, nil },
			})
			if err != nil {
				t.Fatal(err)
			}
			one, other := r.at("analytics.a").Description.Value, r.at("analytics.b").Description.Value
			if one != step.a || other != step.b || (result.Version != 0) != step.made {
				t.Errorf("%s: %q and %q, version %d; want %q and %q", step.rule, one, other, result.Version, step.a, step.b)
			}
		}
	})
}
