package blob

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// TestVerifyChecksum: the bytes that came are read to their end, all others end in
// ErrDamaged.
func TestVerifyChecksum(t *testing.T) {
	const content = "the bytes that came"
	check := NewChecksum()
	_, _ = io.WriteString(check, content)
	sum := Sum{Size: int64(len(content)), Checksum: check.Sum32()}
	for text, want := range map[string]error{
		content:                nil,
		"the bytes that come":  ErrDamaged,
		"the bytes that came ": ErrDamaged,
		"the bytes":            ErrDamaged,
		"":                     ErrDamaged,
	} {
		got, err := io.ReadAll(VerifyChecksum(io.NopCloser(strings.NewReader(text)), sum))
		if !errors.Is(err, want) || string(got) != text {
			t.Errorf("%q: read %q, %v, want %v", text, got, err, want)
		}
	}
}
