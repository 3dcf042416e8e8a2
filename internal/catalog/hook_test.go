package catalog

import "testing"

func TestHookOf(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]Hook{
		"operation.shop.shop-on-run-start-0":  OnRunStart,
		"operation.shop.shop-on-run-end-12":   OnRunEnd,
		"operation.shop.shop-on_run_end-0":    OnRunEnd,
		"operation.a-on-run-end-0.b":          "",
		"operation.shop.grant_select":         "",
		"operation.shop.not_on-run-start-x":   "",
		"model.shop.shop-on-run-start-0":      "",
		"operation.shop.my-on-run-start-0sum": "",
	} {
		if got := HookOf(id); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}
