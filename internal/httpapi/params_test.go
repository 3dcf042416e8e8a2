package httpapi

import (
	"testing"
	"time"
)

func TestTimeAt(t *testing.T) {
	for text, want := range map[string]string{
		"2026-12-31":                "2026-12-31T23:59:59.999999Z",
		"2026-01-10T18:00:00Z":      "2026-01-10T18:00:00Z",
		"2026-01-10T18:00:00 01:00": "2026-01-10T17:00:00Z", // a plus sign that was not escaped
	} {
		got, err := timeAt(text)
		if err != nil || got.UTC().Format(time.RFC3339Nano) != want {
			t.Errorf("%s: %v, %v, want %s", text, got, err, want)
		}
	}
	if got, err := timeAt("2026-02-30"); err == nil {
		t.Errorf("no such day: %v", got)
	}
}
