package access

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTokenRoundTrip(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		tok, err := newToken(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := parseToken(tok.text)
		if !ok || got != tok {
			t.Fatalf("parseToken(%q) = %+v, %v", tok.text, got, ok)
		}
		if len(tok.text) != keyLength || !strings.HasPrefix(tok.text, "twg_") || tok.text[12] != '_' {
			t.Fatalf("shape of %q", tok.text)
		}
		if seen[tok.text] {
			t.Fatalf("%q twice", tok.text)
		}
		seen[tok.text] = true
	}
}

// One changed character anywhere is refused: a CRC32 tells every change of a
// single byte.
func TestChecksumDetectsOneChangedCharacter(t *testing.T) {
	tok, err := newToken(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, keyLength-1).Draw(t, "at")
		c := rapid.SampledFrom([]byte(base62+"_-")).Draw(t, "character")
		if tok.text[at] == c {
			return
		}
		changed := tok.text[:at] + string(c) + tok.text[at+1:]
		if _, ok := parseToken(changed); ok {
			t.Fatalf("%q is taken for %q", changed, tok.text)
		}
	})
}

func TestParseTokenRefuses(t *testing.T) {
	for _, text := range []string{
		"", "twg_", "x", strings.Repeat("a", keyLength), "twg_" + strings.Repeat("a", keyLength-4),
		"TWG_" + strings.Repeat("a", 8) + "_" + strings.Repeat("a", 38), strings.Repeat("\x00", keyLength), strings.Repeat("é", keyLength/2),
	} {
		if _, ok := parseToken(text); ok {
			t.Errorf("parseToken(%q) succeeded", text)
		}
	}
}

func TestLooksLikeKey(t *testing.T) {
	tok, err := newToken(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		tok.text: true, "x" + tok.text: true, tok.text[:40]: true, "twg_": false, "orders": false, "": false, "twg_short": false,
		strings.ToLower(tok.text): true, "/assets/" + url.PathEscape(tok.text): true, everyByte(tok.text): true, everyByte(everyByte(tok.text)): true,
		"model.shop.twg_customer_transactions_by_region_and_day": false,
	} {
		if LooksLikeKey(text) != want {
			t.Errorf("LooksLikeKey(%q) = %v", text, !want)
		}
		if got := Redact(text); LooksLikeKey(got) || want == (got == text) || strings.Contains(got, tok.text[13:40]) {
			t.Errorf("Redact(%q) = %q", text, got)
		}
	}
	if got, want := Redact("a "+tok.text+" b"), "a twg_(redacted) b"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// everyByte percent-encodes every byte of a text.
func everyByte(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

func FuzzParseToken(f *testing.F) {
	tok, err := newToken(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(tok.text)
	f.Add("twg__")
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := parseToken(text)
		if ok && (got.text != text || len(got.publicID) != publicIDLength || checksum(text[:keyLength-sumLength]) != text[keyLength-sumLength:]) {
			t.Errorf("parseToken(%q) = %+v", text, got)
		}
	})
}
