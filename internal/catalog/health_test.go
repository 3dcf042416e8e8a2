package catalog

import (
	"slices"
	"testing"
)

// The mean of a schema does not depend on the order of its tables: floats of 1/3 and 2/3 added in another order differ
// in their last bit, which a rounded value such as 0.78125 then shows.
func TestHealthMeanDoesNotDependOnTheOrder(t *testing.T) {
	var tables []Health
	for described := range int64(8) {
		tables = append(tables, HealthOf(HealthFacts{
			Coverage: Coverage{TablesDescribed: described % 2, Columns: 7, ColumnsDescribed: described},
			Pass:     int(described), Fail: 3,
		}))
	}
	w := HealthWeights{Documentation: 3, TestResults: 1}
	mean := func(tables []Health) (m HealthMean) {
		for _, h := range tables {
			m.Add(h, w)
		}
		return m
	}
	first := mean(tables)
	for i := range tables {
		order := slices.Concat(tables[i:], tables[:i])
		if got := mean(order); got != first {
			t.Fatalf("rotated by %d: %+v, want %+v", i, got, first)
		}
		slices.Reverse(order)
		if got := mean(order); got != first {
			t.Fatalf("rotated by %d and reversed: %+v, want %+v", i, got, first)
		}
	}
}
