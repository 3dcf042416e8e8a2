package httpserver

import (
	"strings"
	"testing"
)

func TestRequestID(t *testing.T) {
	for _, given := range []string{"a", "A-b_c.1", strings.Repeat("x", 64)} {
		if got := requestID(given); got != given {
			t.Errorf("requestID(%q) = %q", given, got)
		}
	}
	for _, given := range []string{"", strings.Repeat("x", 65), "a b", "a\n", "é", "<"} {
		if got := requestID(given); got == given || got == "" {
			t.Errorf("requestID(%q) = %q", given, got)
		}
	}
}
