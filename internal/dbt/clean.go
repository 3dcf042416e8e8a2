package dbt

import (
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// cleaned is what repairing one value found.
type cleaned struct {
	invalidUTF8, surrogate, nul, number, repeated jsontext.Pointer // first place of each; "" means none
	nulInID                                       bool
	repeats                                       int              // names that were left out because they come again
	crowded                                       jsontext.Pointer // first object with too many members
}

// clean rewrites v: text becomes valid UTF-8 without NUL, numbers that no 64-bit type holds become null, and of
// members with one name the last value is kept, at the position of the first. It is the slow path, taken by one
// value in a million.
// A bare array is an entry of parent_map, so its texts are ids. Of an object with too many members, some are dropped.
func clean(v value, at jsontext.Pointer) (value, *cleaned) {
	c := &cleaned{}
	out := c.value(make([]byte, 0, len(v)), v, at, v.kind() == '[')
	return out, c
}

func (c *cleaned) value(dst []byte, v value, at jsontext.Pointer, id bool) []byte {
	switch k := v.kind(); {
	case k == '{':
		return c.object(dst, v, at)
	case k == '[':
		return c.array(dst, v, at, id)
	case k == '"':
		text := c.text(v, at, id)
		dst, _ = jsontext.AppendQuote(dst, text)
		return dst
	case v.isNumber() && outOfRange(v):
		first(&c.number, at)
		return append(dst, "null"...)
	}
	return append(dst, v...)
}

func (c *cleaned) object(dst []byte, v value, at jsontext.Pointer) []byte {
	type pair struct {
		name string
		val  value
	}
	var pairs []pair
	index := map[string]int{}
	v.rawMembers(func(quoted, val value) {
		name := c.text(quoted, at, false)
		if i, ok := index[name]; ok {
			first(&c.repeated, at.AppendToken(name))
			c.repeats++
			pairs[i].val = val
			return
		}
		if len(pairs) >= mostMembers {
			first(&c.crowded, at)
			return
		}
		index[name] = len(pairs)
		pairs = append(pairs, pair{name, val})
	})
	dst = append(dst, '{')
	for i, p := range pairs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst, _ = jsontext.AppendQuote(dst, p.name)
		dst = append(dst, ':')
		dst = c.value(dst, p.val, at.AppendToken(p.name), isIDName(p.name))
	}
	return append(dst, '}')
}

func (c *cleaned) array(dst []byte, v value, at jsontext.Pointer, id bool) []byte {
	dst = append(dst, '[')
	n := 0
	for e := range v.elements {
		if n++; n > 1 {
			dst = append(dst, ',')
		}
		dst = c.value(dst, e, at.AppendToken(itoa(int64(n-1))), id)
	}
	return append(dst, ']')
}

// isIDName reports whether the member called name holds ids: unique_id, attached_node, depends_on.nodes.
func isIDName(name string) bool {
	return name == "unique_id" || name == "attached_node" || name == "nodes"
}

// text returns the repaired text of a JSON string.
func (c *cleaned) text(quoted value, at jsontext.Pointer, id bool) string {
	if !utf8.Valid(quoted) {
		first(&c.invalidUTF8, at)
	}
	if hasLoneSurrogate(quoted) {
		first(&c.surrogate, at)
	}
	text := quoted.str()
	if strings.IndexByte(text, 0) < 0 {
		return text
	}
	first(&c.nul, at)
	c.nulInID = c.nulInID || id
	return strings.ReplaceAll(text, "\x00", "")
}

func first(p *jsontext.Pointer, at jsontext.Pointer) {
	if *p == "" {
		*p = at
		if at == "" {
			*p = "/"
		}
	}
}

// hasLoneSurrogate looks for an escape \ud800…\udfff that is not one half of a pair.
func hasLoneSurrogate(quoted []byte) bool {
	for i := 0; i+5 < len(quoted); i++ {
		if quoted[i] != '\\' {
			continue
		}
		if quoted[i+1] != 'u' {
			i++
			continue
		}
		half := surrogate(quoted[i:])
		switch {
		case half == 0:
		case half == 'h' && surrogate(quoted[i+6:]) == 'l':
			i += 6
		default:
			return true
		}
		i += 5
	}
	return false
}

// surrogate returns h or l if b starts with the escape of a high or low surrogate, else 0.
func surrogate(b []byte) byte {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' || b[2]|0x20 != 'd' {
		return 0
	}
	switch c := b[3] | 0x20; {
	case c == '8'|0x20 || c == '9'|0x20 || c == 'a' || c == 'b':
		return 'h'
	case c >= 'c' && c <= 'f':
		return 'l'
	}
	return 0
}

// issues returns what was found as issues; uniqueID is the node's, where it has
// one.
func (c *cleaned) issues(section, uniqueID string) []Issue {
	var list []Issue
	note := func(at jsontext.Pointer, code, message, remedy string) {
		if at != "" {
			list = append(list, Issue{
				Code: code, Severity: Warning, Pointer: string(at), UniqueID: uniqueID,
				Message: message, Remedy: remedy, field: section,
			})
		}
	}
	note(c.invalidUTF8, IssueInvalidUTF8, "text that is not UTF-8 was read with U+FFFD in its place", "save the project's files as UTF-8")
	note(c.surrogate, IssueLoneSurrogate, "half a surrogate pair was read as U+FFFD", "")
	note(c.nul, IssueNUL, "NUL characters were removed from a text", "")
	note(c.number, IssueNumberRange, "a number that 64 bits cannot hold was read as null", "")
	note(c.repeated, IssueDuplicateKey, "a name appears twice in one object; the last one was used", "")
	return list
}
