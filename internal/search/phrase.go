package search

import "strings"

// phraseReader compares the parts of identifiers, one after the other, with the words of a phrase: net revenue is in
// "the net revenue" and in net_revenue_eur. The last word may be the beginning of an identifier, as every word of a
// query.
type phraseReader struct {
	words []string
	parts []string
	at    []int  // offsets of the parts in their texts
	inner []bool // whether a part is inside of an identifier
	t     tokenizer

	squeezed []byte // a text without what separates words
}

// add appends the parts of a text.
func (p *phraseReader) add(text string) {
	for at := 0; at < len(text); {
		next, identifier := p.t.identifier(text, at)
		at = next
		if !identifier {
			continue
		}
		for i, part := range p.t.parts {
			end := len(p.t.folded)
			if i+1 < len(p.t.parts) {
				end = p.t.parts[i+1].folded
			}
			p.parts = append(p.parts, string(p.t.folded[part.folded:end]))
			p.at, p.inner = append(p.at, part.text), append(p.inner, i > 0)
		}
	}
}

// find returns the number of the part at which the phrase begins; -1 if it is nowhere.
func (p *phraseReader) find(field Field) int {
	for i := range p.parts {
		if p.begins(i, field) {
			return i
		}
	}
	return -1
}

func (p *phraseReader) begins(i int, field Field) bool {
	for n, word := range p.words {
		last := n == len(p.words)-1 && !onlyWhole(field, word)
		for first := i; ; {
			if i == len(p.parts) || i > first && !p.inner[i] {
				return false
			}
			part := p.parts[i]
			i++
			rest, whole := strings.CutPrefix(word, part)
			if whole && rest != "" {
				word = rest
				continue
			}
			if whole && onlyWhole(field, p.words[n]) && i < len(p.parts) && p.inner[i] {
				return false
			}
			if whole || last && strings.HasPrefix(part, word) || len(p.words[n]) >= longestToken-3 && strings.HasPrefix(part, word) {
				break
			}
			return false
		}
	}
	return true
}

// HasPhrase reports whether a field has the words of a term one after the other: in one text, of the address of a table
// in all of it.
func HasPhrase(texts []Text, field Field, words []string) bool {
	p := phraseReader{words: words}
	letters := lettersOf(words)
	for i := range texts {
		if texts[i].Field != field {
			continue
		}
		address := field == Relation && texts[i].Column == "" // a phrase may go on in the next text
		if !address && letters != "" {
			if has, known := p.hasLetters(texts[i].Text, letters, field); has {
				return true
			} else if known {
				continue
			}
		}
		p.add(texts[i].Text)
		if address {
			continue
		}
		if p.find(field) >= 0 {
			return true
		}
		p.parts, p.at, p.inner = p.parts[:0], p.at[:0], p.inner[:0]
	}
	return p.find(field) >= 0
}

// locatePhrase finds a phrase in one text.
func locatePhrase(text *Text, words []string) (located, bool) {
	p := phraseReader{words: words}
	p.add(text.Text)
	n := p.find(text.Field)
	if n < 0 {
		return located{text: text, at: -1}, false
	}
	l := located{text: text, words: len(words), at: p.at[n]}
	if l.at == 0 {
		l.exact = 1
	}
	return l, true
}
