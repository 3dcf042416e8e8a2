package search

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// cutWhole looks for a phrase in a text that is cut into words as a whole.
func cutWhole(text string, field Field, words []string) bool {
	p := phraseReader{words: words}
	p.add(text)
	return p.find(field) >= 0
}

// The fast way finds what cutting the whole text into words finds, of texts of every form.
func TestPhrasesByTheirLetters(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"net", "revenue", "net_revenue", "netRevenue", "NetRevenue", "NET", "select", "from", "*", " ", "  ", ", ", "_", "__", ".", "-", "\n", "a", "aa", "A", "id", "2", "é", "fct_", "rev", "revenuenet", "x"}
	phrases := []string{"net revenue", "select from", "a a", "aa a", "netrevenue", "revenue net", "id 2", "from net_revenue", "net rev", "a id"}
	fast, slow := 0, 0
	for range 40_000 {
		var text strings.Builder
		for range random.IntN(14) {
			text.WriteString(pieces[random.IntN(len(pieces))])
		}
		words := words(phrases[random.IntN(len(phrases))])
		field := []Field{Code, Description, Name, Column}[random.IntN(4)]
		want := cutWhole(text.String(), field, words)
		if got := HasPhrase([]Text{{Field: field, Text: text.String()}}, field, words); got != want {
			t.Fatalf("%q has %q in %v: %v, want %v", text.String(), words, field, got, want)
		}
		p := phraseReader{words: words}
		if _, known := p.hasLetters(text.String(), lettersOf(words), field); known {
			fast++
		} else {
			slow++
		}
	}
	if fast < 2*slow {
		t.Errorf("%d texts the fast way, %d the other", fast, slow)
	}
	many := strings.Repeat("aa ", 200_000)
	if HasPhrase([]Text{{Field: Code, Text: many}}, Code, []string{"aaaa", "b"}) {
		t.Error("found what is not there")
	}
}

func BenchmarkHasPhrase(b *testing.B) {
	code := strings.Repeat("select order_id, customer_id, sum(amount_cents) / 100.0 as amount\nfrom {{ ref('stg_orders') }}\nwhere status <> 'open'\ngroup by 1, 2\n", 20)
	for name, words := range map[string][]string{"first": {"select", "order"}, "none": {"amount", "from"}} {
		for _, way := range []string{"letters", "words"} {
			b.Run(name+" "+way, func(b *testing.B) {
				b.SetBytes(int64(len(code)))
				for b.Loop() {
					if way == "words" {
						cutWhole(code, Code, words)
					} else {
						HasPhrase([]Text{{Field: Code, Text: code}}, Code, words)
					}
				}
			})
		}
	}
}
