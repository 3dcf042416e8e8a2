package dbt

import "bytes"

// nonFiniteWords are what Python writes for numbers that JSON cannot represent. They are read as null.
var nonFiniteWords = [3]string{"NaN", "Infinity", "-Infinity"}

// nonFinite yields the positions of NaN, Infinity and -Infinity in b outside of strings, each with its index in
// nonFiniteWords.
func nonFinite(b []byte) func(yield func(from, word int) bool) {
	return func(yield func(from, word int) bool) {
		for i := 0; i < len(b); i++ {
			switch b[i] {
			case '"':
				end, _ := restOfString(b, i+1)
				i = end - 1
			case 'N', 'I', '-':
				for w, text := range nonFiniteWords {
					if bytes.HasPrefix(b[i:], []byte(text)) {
						if !yield(i, w) {
							return
						}
						i += len(text) - 1
						break
					}
				}
			}
		}
	}
}

// withoutNonFinite returns raw with null in place of the words, and counts them.
func (s *scanner) withoutNonFinite(raw value) value {
	out, done := s.finite[:0], 0
	for from, w := range nonFinite(raw) {
		out = append(append(out, raw[done:from]...), "null"...)
		done = from + len(nonFiniteWords[w])
		s.nonFinite[w]++
	}
	if out = append(out, raw[done:]...); !s.isLong {
		s.finite = out
	}
	return out
}
