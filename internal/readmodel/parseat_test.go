package readmodel

import (
	"testing"
	"time"
)

func TestParseAt(t *testing.T) {
	for text, want := range map[string]string{
		"2026-12-31":                "2026-12-31T23:59:59.999999Z",
		"2026-01-10T18:00:00Z":      "2026-01-10T18:00:00Z",
		"2026-01-10T18:00:00 01:00": "2026-01-10T17:00:00Z", // a plus sign that was not escaped
	} {
		got, err := ParseAt(text)
		if err != nil || got.time.UTC().Format(time.RFC3339Nano) != want {
			t.Errorf("%s: %v, %v, want %s", text, got, err, want)
		}
	}
	if got, err := ParseAt("12"); err != nil || got != AtVersion(12) {
		t.Errorf("a number: %v, %v", got, err)
	}
	for _, text := range []string{"2026-02-30", "-1", "soon", ""} {
		if got, err := ParseAt(text); err == nil {
			t.Errorf("%q: %v, want an error", text, got)
		}
	}
}
