package dbt

import (
	"math/rand/v2"
	"testing"
)

// restByByte is restOfString, one byte after the other.
func restByByte(b []byte, i int) (int, bool) {
	for ; i < len(b); i++ {
		switch b[i] {
		case '"':
			return i + 1, true
		case '\\':
			if i+1 == len(b) {
				return i, false
			}
			i++
		}
	}
	return i, false
}

// Strings of any length end at the first quote that no backslash escapes, wherever the text is cut.
func TestRestOfString(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200_000 {
		b := make([]byte, rng.IntN(120))
		for i := range b {
			b[i] = `\\"aaaaaaaaaaaaaaaaaaaaaa`[rng.IntN(24)]
		}
		from := rng.IntN(len(b) + 1)
		end, ok := restOfString(b, from)
		if want, found := restByByte(b, from); end != want || ok != found {
			t.Fatalf("%q from %d: %d, %v; want %d, %v", b, from, end, ok, want, found)
		}
	}
}
