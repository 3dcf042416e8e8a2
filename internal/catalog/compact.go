package catalog

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// compactJSON returns JSON in its canonical form: no blanks, keys sorted, of repeated keys
// the last, strings with the fewest escapes; numbers keep their digits. It is
// nil for nothing, null, {}, [] and "". Text that is not JSON becomes a JSON
// string, bytes that are not UTF-8 become U+FFFD.
func compactJSON(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return nil
	}
	if !utf8.Valid(raw) {
		raw = bytes.ToValidUTF8(raw, []byte("\uFFFD"))
	}
	if !json.Valid(raw) {
		return appendJSONText(nil, string(raw))
	}
	c := compactor{in: raw}
	out := c.value(make([]byte, 0, len(raw)))
	switch string(out) {
	case "null", "{}", "[]", `""`:
		return nil
	}
	return out
}

// EncodeJSON encodes a value without HTML escapes and without a final line break.
// Hashes of what it returns are stored, so its bytes must not change.
func EncodeJSON(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// compactor reads valid JSON from left to right and appends its compact form.
type compactor struct {
	in []byte
	at int
}

// next skips blanks and returns the next byte without taking it.
func (c *compactor) next() byte {
	for {
		switch b := c.in[c.at]; b {
		case ' ', '\t', '\r', '\n':
			c.at++
		default:
			return b
		}
	}
}

func (c *compactor) value(out []byte) []byte {
	switch c.next() {
	case '{':
		return c.object(out)
	case '[':
		return c.array(out)
	case '"':
		return c.text(out)
	}
	start := c.at
	for c.at < len(c.in) && !endsLiteral(c.in[c.at]) {
		c.at++
	}
	return append(out, c.in[start:c.at]...)
}

func endsLiteral(b byte) bool {
	switch b {
	case ',', ']', '}', ' ', '\t', '\r', '\n':
		return true
	}
	return false
}

func (c *compactor) array(out []byte) []byte {
	c.at++
	out = append(out, '[')
	for c.next() != ']' {
		if c.next() == ',' {
			c.at++
			out = append(out, ',')
		}
		out = c.value(out)
	}
	c.at++
	return append(out, ']')
}

// jsonMember is the position of a key and its value in the output.
type jsonMember struct{ start, key, end int } // key is the end of the key

func (c *compactor) object(out []byte) []byte {
	c.at++
	out = append(out, '{')
	begin := len(out)
	var room [16]jsonMember
	members := room[:0]
	sorted := true
	for c.next() != '}' {
		if c.next() == ',' {
			c.at++
			c.next()
		}
		m := jsonMember{start: len(out)}
		out = c.text(out)
		m.key = len(out)
		c.next()
		c.at++ // the colon
		out = c.value(append(out, ':'))
		m.end = len(out)
		if n := len(members); n > 0 {
			last := members[n-1]
			sorted = sorted && bytes.Compare(out[last.start:last.key], out[m.start:m.key]) < 0
		}
		members = append(members, m)
		out = append(out, ',')
	}
	c.at++
	if len(members) == 0 {
		return append(out, '}')
	}
	if !sorted {
		out = sortMembers(out, begin, members)
	}
	out[len(out)-1] = '}'
	return out
}

// sortMembers sorts what was written from begin on; each member is followed by
// a comma.
func sortMembers(out []byte, begin int, members []jsonMember) []byte {
	written := bytes.Clone(out[begin:])
	key := func(m jsonMember) []byte { return written[m.start-begin : m.key-begin] }
	slices.SortFunc(members, func(a, b jsonMember) int {
		return cmp.Or(bytes.Compare(key(a), key(b)), cmp.Compare(a.start, b.start))
	})
	out = out[:begin]
	for i, m := range members {
		if i+1 < len(members) && bytes.Equal(key(m), key(members[i+1])) {
			continue
		}
		out = append(out, written[m.start-begin:m.end-begin]...)
		out = append(out, ',')
	}
	return out
}

func (c *compactor) text(out []byte) []byte {
	start, escaped := c.at, false
	for c.at++; c.in[c.at] != '"'; c.at++ {
		if c.in[c.at] == '\\' {
			escaped = true
			c.at++
		}
	}
	c.at++
	raw := c.in[start:c.at]
	if !escaped {
		return append(out, raw...)
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return append(out, raw...) // cannot be: the text was valid
	}
	return appendJSONText(out, s)
}

// appendJSONText writes a string with the fewest escapes.
func appendJSONText(out []byte, s string) []byte {
	const hexDigits = "0123456789abcdef"
	out = append(out, '"')
	for i := range len(s) {
		switch b := s[i]; {
		case b == '"' || b == '\\':
			out = append(out, '\\', b)
		case b == '\n':
			out = append(out, '\\', 'n')
		case b == '\r':
			out = append(out, '\\', 'r')
		case b == '\t':
			out = append(out, '\\', 't')
		case b < ' ':
			out = append(out, '\\', 'u', '0', '0', hexDigits[b>>4], hexDigits[b&15])
		default:
			out = append(out, b)
		}
	}
	return append(out, '"')
}
