package importing

import (
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// referenceTo is the node of another project as a manifest has it that only refers to it.
func referenceTo(n doc) doc {
	ref := doc{}
	for name, value := range n {
		ref[name] = value
	}
	for _, name := range []string{"path", "original_file_path", "raw_code", "compiled_code"} {
		ref[name] = ""
	}
	return ref
}

func at(n doc, schema string) doc {
	n["schema"], n["relation_name"] = schema, `"shop"."`+schema+`"."`+n["name"].(string)+`"`
	return n
}

// TestOwnerMoves: a table goes with the project that owns it, whichever project is
// imported first after the move, which force confirms.
func TestOwnerMoves(t *testing.T) {
	child := func() doc {
		n := model("child", "model.shop.orders")
		n["unique_id"], n["package_name"] = "model.consumer.child", "consumer"
		return n
	}
	owner := func(schema string, day time.Time) part { return manifest(t, "shop", day, at(model("orders"), schema)) }
	consumer := func(schema string, day time.Time) part {
		return manifest(t, "consumer", day, referenceTo(at(model("orders"), schema)), child())
	}
	for name, moved := range map[string][]func(string, time.Time) part{"owner first": {owner, consumer}, "consumer first": {consumer, owner}} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.completed(r.send(owner("analytics", monday)))
			r.completed(r.send(consumer("analytics", monday)))
			before, _ := r.assetOf("shop", "model.shop.orders")
			for i, m := range moved {
				r.completed(r.sendWith(store.NewImport{Force: true}, m("marts", tuesday)))
				now, _ := r.assetOf("shop", "model.shop.orders")
				if now.ID != before.ID || now.Code == nil {
					t.Errorf("after import %d: %d is %d now, with code %v", i+1, before.ID, now.ID, now.Code)
				}
				if ref, _ := r.assetOf("consumer", "model.shop.orders"); i == 1 && ref.ID != before.ID {
					t.Errorf("the reference is at %d, not at %d", ref.ID, before.ID)
				}
			}
			now, _ := r.assetOf("shop", "model.shop.orders")
			if now.RelationKey != "shop.marts.orders" || len(now.Nodes) != 2 {
				t.Errorf("%d at %s with the nodes %v", now.ID, now.RelationKey, now.Nodes)
			}
			below, err := r.store.NeighboursOf(t.Context(), ws, r.schema, r.version(), []catalog.AssetID{now.ID})
			if err != nil || below[now.ID].Downstream != 1 {
				t.Errorf("downstream %v, %v", below, err)
			}
			present, err := r.store.AssetPage(t.Context(), ws, store.AssetFilter{Schema: r.schema}, store.Page{Limit: 10})
			if err != nil || len(present.Rows) != 2 {
				t.Errorf("%d present assets, %v", len(present.Rows), err)
			}
			again := r.completed(r.send(consumer("marts", tuesday)))
			if again.Report.Outcome != outcomeUnchanged {
				t.Errorf("the same again: %s", again.Report.Outcome)
			}
		})
	}
}
