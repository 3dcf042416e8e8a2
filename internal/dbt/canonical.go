package dbt

import (
	"crypto/sha256"
	"slices"
)

// canonical is the JSON of a value in the form that is hashed: without blanks, null members and the members
// that are left out. Writing it also checks that the value is JSON, in the same pass.
type canonical struct {
	buf  []byte
	skip func(name []byte) bool // members of the outermost object that are left out

	valid     bool // it is JSON; else the rest is meaningless
	spoiled   bool // a text was found that may have to be repaired
	badNumber bool // a number was found that no 64-bit type holds
	repeated  bool // a name was found twice in one object
	names     []uint64
	fields    []span // members of the outermost object, in buf
}

// span is the position of a member in a buffer: its quoted name and its value.
type span struct{ name, nameEnd, val, valEnd int }

// read leaves in c.buf what is hashed of v, which has no blanks around it.
func (c *canonical) read(v value, skip func([]byte) bool) {
	*c = canonical{buf: slices.Grow(c.buf[:0], len(v)), skip: skip, names: c.names[:0], fields: c.fields[:0]}
	c.valid = c.value(v, 0, 0) == len(v)
}

// hash returns the hash of what was read.
func (c *canonical) hash() Hash {
	sum := sha256.Sum256(c.buf)
	return Hash(sum[:16])
}

// sound reports whether what was read needs no repair.
func (c *canonical) sound() bool { return c.valid && !c.spoiled && !c.badNumber && !c.repeated }

// value appends the value at v[i] and returns the index after it, or bad.
func (c *canonical) value(v value, i, depth int) int {
	if i >= len(v) {
		return bad
	}
	var end int
	switch v[i] {
	case '{':
		return c.object(v, i, depth)
	case '[':
		return c.array(v, i, depth)
	case '"':
		var is marked
		end, is = endOfJSONString(v, i)
		c.spoiled = c.spoiled || is.spoiled
	case 't':
		end = c.literal(v, i, "true")
	case 'f':
		end = c.literal(v, i, "false")
	case 'n':
		end = c.literal(v, i, "null")
	default:
		if end = endOfJSONNumber(v, i); end != bad {
			c.badNumber = c.badNumber || outOfRange(v[i:end])
		}
	}
	if end != bad {
		c.buf = append(c.buf, v[i:end]...)
	}
	return end
}

func (c *canonical) literal(v value, i int, word string) int {
	if end := i + len(word); end <= len(v) && string(v[i:end]) == word {
		return end
	}
	return bad
}

func (c *canonical) object(v value, i, depth int) int {
	c.buf = append(c.buf, '{')
	names, start := len(c.names), len(c.buf)
	for i = afterBlanks(v, i+1); i < len(v) && v[i] != '}'; {
		if i = c.member(v, i, depth, len(c.buf) > start); i == bad {
			return bad
		}
		if i = afterBlanks(v, i); i < len(v) && v[i] == ',' {
			if i = afterBlanks(v, i+1); i < len(v) && v[i] == '}' {
				return bad
			}
		} else if i < len(v) && v[i] != '}' {
			return bad
		}
	}
	c.repeated = c.repeated || hasRepeats(c.names[names:])
	c.names = c.names[:names]
	c.buf = append(c.buf, '}')
	return closed(v, i)
}

// closed returns the index after the bracket at v[i], or bad if v ends before it.
func closed(v value, i int) int {
	if i >= len(v) {
		return bad
	}
	return i + 1
}

// member appends the member whose name starts at v[i], unless it is left out.
func (c *canonical) member(v value, i, depth int, comma bool) int {
	if v[i] != '"' {
		return bad
	}
	end, is := endOfJSONString(v, i)
	if end == bad {
		return bad
	}
	colon := afterBlanks(v, end)
	at := afterBlanks(v, colon+1)
	if at >= len(v) || v[colon] != ':' {
		return bad
	}
	name := []byte(v[i+1 : end-1])
	if is.escaped {
		name = unquoteName(v[i:end])
	}
	c.spoiled = c.spoiled || is.spoiled
	c.names = append(c.names, nameHash(name))
	before := len(c.buf)
	if comma {
		c.buf = append(c.buf, ',')
	}
	f := span{name: len(c.buf)}
	c.buf = append(append(c.buf, v[i:end]...), ':')
	f.nameEnd, f.val = len(c.buf)-1, len(c.buf)
	next := c.value(v, at, depth+1)
	switch f.valEnd = len(c.buf); {
	case v[at] == 'n' || depth == 0 && c.skip(name):
		c.buf = c.buf[:before]
	case depth == 0:
		c.fields = append(c.fields, f)
	}
	return next
}

func (c *canonical) array(v value, i, depth int) int {
	c.buf = append(c.buf, '[')
	for i = afterBlanks(v, i+1); i < len(v) && v[i] != ']'; {
		if i = c.value(v, i, depth+1); i == bad {
			return bad
		}
		if i = afterBlanks(v, i); i < len(v) && v[i] == ',' {
			c.buf = append(c.buf, ',')
			if i = afterBlanks(v, i+1); i < len(v) && v[i] == ']' {
				return bad
			}
		} else if i < len(v) && v[i] != ']' {
			return bad
		}
	}
	c.buf = append(c.buf, ']')
	return closed(v, i)
}
