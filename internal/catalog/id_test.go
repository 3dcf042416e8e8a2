package catalog

import (
	"errors"
	"strings"
	"testing"
)

func TestParseID(t *testing.T) {
	for text, want := range map[string]struct {
		prefix string
		n      int64
	}{
		"SCH-101": {"SCH", 101}, "imp-7": {"IMP", 7}, "Tbl-012": {"TBL", 12}, "TBL-0": {"TBL", 0}, "EXP-999999999999999999": {"EXP", 999999999999999999},
	} {
		prefix, n, err := ParseID(text)
		if prefix != want.prefix || n != want.n || err != nil {
			t.Errorf("%s is %s %d, %v", text, prefix, n, err)
		}
	}
	for _, text := range []string{
		"", "-", "TBL", "TBL-", "-1", "T-1", "TABLES-1", "TBL--1", "TBL-+1", "TBL-1 ", " TBL-1", "TBL-1.0", "TBL-0x1", "TBL-１", "ТBL-1",
		"TBL-1000000000000000000", "TBL-99999999999999999999", "TBL-1\x00", "TBL-1'--", "../TBL-1", "T%L-1", strings.Repeat("A", 100) + "-1",
	} {
		if prefix, n, err := ParseID(text); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q is read as %s %d, %v", text, prefix, n, err)
		}
	}
	if _, err := ParseIDOf(PrefixSchema, "TBL-1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a table's id is taken for a schema's: %v", err)
	}
}

// Whatever is read as an id is the same id when it is written.
func FuzzParseID(f *testing.F) {
	for _, seed := range []string{"SCH-101", "imp-7", "TBL-012", "TBL--1", "-", "a-99999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		prefix, n, err := ParseID(text)
		if err != nil {
			if !errors.Is(err, ErrNotFound) || prefix != "" || n != 0 {
				t.Errorf("%q: %s %d %v", text, prefix, n, err)
			}
			return
		}
		again, m, err := ParseID(FormatID(prefix, n))
		if again != prefix || m != n || err != nil || n < 0 {
			t.Errorf("%q is %s %d, written and read again %s %d, %v", text, prefix, n, again, m, err)
		}
	})
}
