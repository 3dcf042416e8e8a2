package readmodel

import (
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

func TestRecent(t *testing.T) {
	t.Parallel()
	r := &recent[int, string]{limit: 10, weigh: func(s string) int64 { return int64(len(s)) }}
	r.add(1, "12345")
	r.add(1, "again")
	r.add(2, "12345")
	r.add(3, "more than the limit")
	kept, missing := r.split([]int{1, 2, 3})
	same(t, kept, map[int]string{1: "12345", 2: "12345"})
	same(t, missing, []int{3})
	r.replace(2, "1234")
	r.replace(2, "12345")
	kept, _ = r.split([]int{1, 2})
	same(t, kept, map[int]string{1: "12345", 2: "12345"})
	r.add(4, "1") // begins again
	kept, _ = r.split([]int{1, 2, 4})
	same(t, kept, map[int]string{4: "1"})
}

// What a page shows that was read before is that of the newest run and version.
func TestPagesThatWereReadBefore(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	orders := func() Summary {
		t.Helper()
		v := s.view(s.m)
		var found []Summary
		for range 2 {
			list, err := v.Assets(ctx, Filter{Sort: "id"}, store.Page{}, nil)
			must(t, err)
			found, err = v.Summaries(ctx, list.Rows)
			must(t, err)
		}
		return found[1]
	}
	before := orders()
	_, _, err := s.store.PutRun(ctx, ws, catalog.Run{SchemaID: s.schema, Project: s.project.ID, InvocationID: "i-2", Command: "run", GeneratedAt: time.Unix(5000, 0)},
		[]catalog.NodeResult{{UniqueID: before.DBT.UniqueID, Status: "error", Class: "error", CompletedAt: time.Unix(6000, 0)}}, nil)
	must(t, err)
	if after := orders(); after.LastRun.Status != "error" || after.Invocation != "i-2" || before.LastRun.Status != "success" {
		t.Errorf("after another run: %+v, %s", after.LastRun, after.Invocation)
	}
	changed := before.Asset
	changed.Description.Value = "changed"
	s.save(func(save *store.Write) { must(t, save.PutAssets(ctx, []store.AssetRow{{Asset: changed}})) }, nil)
	if after := orders(); after.Description.Value != "changed" || after.Version != before.Version+1 {
		t.Errorf("after another version: %q of version %d", after.Description.Value, after.Version)
	}
}
