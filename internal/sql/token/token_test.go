package token

import (
	"strings"
	"testing"
)

func TestLookup(t *testing.T) {
	for k := NotKeyword + 1; k < keywordCount; k++ {
		word := k.String()
		if word == "" || len(word) > longest {
			t.Errorf("keyword %d has the word %q", k, word)
		}
		for _, spelling := range []string{word, strings.ToUpper(word), strings.ToUpper(word[:1]) + word[1:]} {
			if got := Lookup(spelling); got != k {
				t.Errorf("Lookup(%q) = %v, want %v", spelling, got, k)
			}
		}
	}
	for _, word := range []string{"", "x", "selec", "selects", "s\x00lect", "customer_id", strings.Repeat("a", 100)} {
		if got := Lookup(word); got != NotKeyword {
			t.Errorf("Lookup(%q) = %v", word, got)
		}
	}
}

func TestKindNames(t *testing.T) {
	if len(kindNames) != int(Other)+1 {
		t.Fatalf("%d names for %d kinds", len(kindNames), Other+1)
	}
	for k, want := range map[Kind]string{EOF: "end of text", LeftParen: "(", PipeRight: "|>", Contains: "contains operator", Other: "stray byte", Bang: "!", ShiftRight: ">>"} {
		if got := k.String(); got != want {
			t.Errorf("kind %d is %q, want %q", k, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	l := NewLines("ab\nçd\n\nx")
	for offset, want := range map[int32]string{0: "1:1", 2: "1:3", 3: "2:1", 5: "2:2", 7: "3:1", 8: "4:1", 9: "4:2", 99: "4:2", -1: "1:1"} {
		if got := l.Position(offset).String(); got != want {
			t.Errorf("offset %d is at %s, want %s", offset, got, want)
		}
	}
}

func TestSpan(t *testing.T) {
	s := Span{Start: 2, End: 4}
	if got := s.Text("abcdef"); got != "cd" {
		t.Errorf("Text = %q", got)
	}
	if got := (Span{Start: 2, End: 40}).Text("abc"); got != "" {
		t.Errorf("Text outside = %q", got)
	}
	if got := s.Join(Span{Start: 1, End: 3}); got != (Span{Start: 1, End: 4}) {
		t.Errorf("Join = %v", got)
	}
}
