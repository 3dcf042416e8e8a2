package blob

import (
	"strings"
	"testing"
)

func TestParseHash(t *testing.T) {
	good := strings.Repeat("0123456789abcdef", 4)
	for _, text := range []string{good, strings.ToUpper(good)} {
		if hash, err := ParseHash(text); err != nil || hash.String() != good {
			t.Errorf("ParseHash(%q) = %v, %v", text, hash, err)
		}
	}
	for _, text := range []string{"", good[1:], good + "0", "g" + good[1:], "../../../../etc/passwd"} {
		if _, err := ParseHash(text); err == nil {
			t.Errorf("ParseHash(%q) succeeded", text)
		}
	}
}
