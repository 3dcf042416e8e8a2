package dbt

import (
	"strconv"
	"testing"
	"unsafe"
)

// TestInternedTexts are what was read, before and after the table grows.
func TestInternedTexts(t *testing.T) {
	var table interned
	for i := range 3 * internedFirst {
		want := "column_" + strconv.Itoa(i)
		if got := table.text([]byte(want)); got != want {
			t.Fatalf("%q for %q", got, want)
		}
	}
	if len(table.texts) != internedFull {
		t.Errorf("the table has %d places after many texts", len(table.texts))
	}
	a, b := table.text([]byte("id")), table.text([]byte("id"))
	if unsafe.StringData(a) != unsafe.StringData(b) {
		t.Error("a text that came twice is held twice")
	}
}
