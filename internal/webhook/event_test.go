package webhook

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Bodies stay below the size that receivers take, whatever others wrote into the catalog.
func TestBodiesAreBounded(t *testing.T) {
	long := strings.Repeat("<&>\n\x01é", 10_000)
	var d Data
	d.Schema, d.Run, d.Cause = Ref{"SCH-1", short(long)}, "RUN-1", &Cause{ID: "IMP-1", Actor: short(long)}
	for range 1000 {
		d.addNode(catalog.NodeResult{UniqueID: long, Status: long, Message: long})
		d.addTable(Table{Name: short(long), Change: "updated", Columns: []Column{{Name: short(long), Change: "type", Old: short(long), New: short(long)}}})
		d.addSource(&catalog.Freshness{UniqueID: long, Status: "error", Message: long})
	}
	for _, event := range Events() {
		for _, format := range Formats() {
			e := Event{Type: event, Data: d}
			e.Data.Error, e.Data.Integration = &Failure{"code", short(long)}, &Ref{"id", short(long)}
			body, err := e.body(format)
			if err != nil || len(body) > mostBody || !json.Valid(body) {
				t.Errorf("%s as %s: %d bytes, %v", event, format, len(body), err)
			}
		}
	}
}

func columns(types ...string) (out []catalog.Column) {
	for _, t := range types {
		name, native, _ := strings.Cut(t, " ")
		out = append(out, catalog.Column{Name: name, Present: true, Type: catalog.Type{Native: native}})
	}
	return out
}

func TestTableOf(t *testing.T) {
	asset := func(present bool) *catalog.Asset {
		return &catalog.Asset{ID: 7, Kind: catalog.KindModel, Name: "orders", Present: present}
	}
	before, after := columns("id int", "old text", "price int"), columns("id int", "price numeric", "new text")
	for name, c := range map[string]struct {
		changed store.ChangedAsset
		want    string
	}{
		"created":            {store.ChangedAsset{After: asset(true)}, "created"},
		"came back":          {store.ChangedAsset{Before: asset(false), After: asset(true)}, "created"},
		"removed":            {store.ChangedAsset{Before: asset(true), After: asset(false), BeforeColumns: before}, "removed"},
		"columns":            {store.ChangedAsset{Before: asset(true), After: asset(true), BeforeColumns: before, AfterColumns: after}, "updated price type int→numeric, new added →text, old removed text→"},
		"only a description": {store.ChangedAsset{Before: asset(true), After: asset(true), BeforeColumns: before, AfterColumns: before}, ""},
		"still gone":         {store.ChangedAsset{Before: asset(false), After: asset(false), BeforeColumns: before}, ""},
		"an exposure is new": {store.ChangedAsset{After: &catalog.Asset{Kind: catalog.KindExposure, Present: true}}, ""},
	} {
		table, ok := tableOf(&c.changed)
		got := ""
		if ok {
			var parts []string
			for _, col := range table.Columns {
				parts = append(parts, fmt.Sprintf("%s %s %s→%s", col.Name, col.Change, col.Old, col.New))
			}
			got = strings.TrimSpace(table.Change + " " + strings.Join(parts, ", "))
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestText(t *testing.T) {
	failures := int64(3)
	loaded := time.Date(2026, 11, 9, 7, 0, 0, 0, time.UTC)
	d := Data{Schema: Ref{"SCH-1", "Shop <prod>"}, Project: &Ref{"PRJ-1", "shop"}, Run: "RUN-3", Import: "IMP-2", Cause: &Cause{ID: "IMP-2", Actor: "ci"}, Total: 12}
	with := func(change func(*Data)) Data { c := d; change(&c); return c }
	for want, e := range map[string]Event{
		"12 failed tests in *Shop &lt;prod&gt;*, project shop (RUN-3)\n• `test.shop.not_null` fail, 3 rows on orders: got 3 &lt;b&gt; rows\n… and 11 more": {
			Type: EventTestFailed, Data: with(func(d *Data) {
				d.Nodes = []Node{{UniqueID: "test.shop.not_null", Status: "fail", Failures: &failures, Message: "got 3\n  <b> rows", Asset: &Ref{"TBL-1", "orders"}}}
			}),
		},
		"1 stale source in *Shop &lt;prod&gt;*, project shop (RUN-3)\n• `source.shop.raw` error, loaded at 2026-11-09 07:00 UTC": {
			Type: EventSourceStale, Data: with(func(d *Data) {
				d.Total, d.Sources = 1, []Source{{UniqueID: "source.shop.raw", Status: "error", MaxLoadedAt: &loaded}}
			}),
		},
		"1 changed table in *Shop &lt;prod&gt;*, project shop by IMP-2 of ci\n• `or'ders` updated: + new, - old, price int → numeric": {
			Type: EventSchemaChanged, Data: with(func(d *Data) {
				d.Total, d.Tables = 1, []Table{{Name: "or`ders", Change: "updated", Columns: []Column{{"new", "added", "", "x"}, {"old", "removed", "x", ""}, {"price", "type", "int", "numeric"}}}}
			}),
		},
		"Import IMP-2 into *Shop &lt;prod&gt;*, project shop failed: no &lt;!channel&gt;": {
			Type: EventImportFailed, Data: with(func(d *Data) { d.Error = &Failure{"x", "no <!channel>"} }),
		},
	} {
		if got := e.text(); got != want {
			t.Errorf("%q\nwant %q", got, want)
		}
	}
}
