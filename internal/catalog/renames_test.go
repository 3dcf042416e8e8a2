package catalog

import (
	"reflect"
	"testing"
)

func TestRenames(t *testing.T) {
	toStore := Rename{Project: 1, Name: "shop", To: 2, ToName: "store"}
	toMarket := Rename{Project: 2, Name: "store", To: 3, ToName: "market"}
	var none Renames
	once, changed := none.Served(2, []Rename{toStore})
	if !changed || once.To(1) != 2 || once.To(2) != 0 {
		t.Errorf("%+v", once)
	}
	if again, changed := once.Served(2, []Rename{toStore}); changed {
		t.Errorf("the same rename changes %+v to %+v", once, again)
	}
	twice, _ := once.Served(3, []Rename{toMarket})
	for node, want := range map[NodeRef][]NodeRef{
		{3, "model.market.a"}:    {{1, "model.shop.a"}, {2, "model.store.a"}},
		{1, "model.shop.a"}:      {{2, "model.store.a"}, {3, "model.market.a"}},
		{2, "model.dbt_utils.a"}: {{1, "model.dbt_utils.a"}, {3, "model.dbt_utils.a"}},
		{4, "model.market.a"}:    nil,
	} {
		if got := twice.Aliases(node); !reflect.DeepEqual(got, want) {
			t.Errorf("%+v has the aliases %+v, want %+v", node, got, want)
		}
	}
	back, _ := twice.Served(1, []Rename{{Project: 3, Name: "market", To: 1, ToName: "shop"}})
	if back.To(1) != 0 || back.To(3) != 1 || len(back.Projects(2)) != 3 {
		t.Errorf("named back: %+v", back)
	}
	if apart, changed := once.Served(1, nil); !changed || len(apart.Of) != 0 || apart.Changed != 2 {
		t.Errorf("served by itself: %+v", apart)
	}
}
