package dbt

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"unicode/utf8"
)

// canonical is the JSON of a value in the form that is hashed: without blanks, null members and the members
// that are left out. Writing it also checks that the value is JSON, in the same pass.
type canonical struct {
	form
	out     []byte                 // where the form is written; it has a word more room than it can need
	n       int                    // bytes written so far
	skip    func(name []byte) bool // members of the outermost object that are left out
	deepest int                    // nesting that is still accepted

	valid     bool // it is JSON; else the rest is meaningless
	spoiled   bool // a text was found that may have to be repaired
	badNumber bool // a number was found that no 64-bit type holds
	repeated  bool // a name was found twice in one object
	names     []uint64
}

// form is the canonical form of a value with the members of its outermost object.
type form struct {
	buf    []byte
	fields []span
}

// hash returns the hash of the value.
func (f *form) hash() Hash {
	sum := sha256.Sum256(f.buf)
	return Hash(sum[:16])
}

// span is the position of a member in a form: its quoted name and its value.
type span struct{ name, nameEnd, val, valEnd int32 }

// read leaves in c.form what is hashed of v, which has no blanks around it.
func (c *canonical) read(v value, skip func([]byte) bool) {
	c.begin(len(v), math.MaxInt, skip)
	c.valid = c.value(v, 0, 0) == len(v)
	c.buf = c.out[:c.n]
}

// readFirst is read for the value that v begins with, which may end after v. It returns the index after the value,
// or bad if that is not known or the value is not sound.
func (c *canonical) readFirst(v value, deepest int, skip func([]byte) bool) int {
	c.begin(len(v), deepest, skip)
	end := c.value(v, 0, 0)
	c.valid = end != bad
	c.buf = c.out[:c.n]
	if !c.sound() {
		return bad
	}
	return end
}

// begin forgets the value before and makes room for one of that many bytes.
func (c *canonical) begin(size, deepest int, skip func([]byte) bool) {
	out := c.out
	if len(out) < size+wordBytes {
		out = make([]byte, max(size+wordBytes, len(out)+len(out)/4))
	}
	*c = canonical{out: out, skip: skip, deepest: deepest, names: c.names[:0], form: form{fields: c.fields[:0]}}
}

// sound reports whether what was read needs no repair.
func (c *canonical) sound() bool { return c.valid && !c.spoiled && !c.badNumber && !c.repeated }

// put appends bytes as they are.
func (c *canonical) put(b []byte) { c.n += copy(c.out[c.n:], b) }

func (c *canonical) putByte(b byte) {
	c.out[c.n] = b
	c.n++
}

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
		end, _ = c.text(v, i)
		return end
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
		c.put(v[i:end])
	}
	return end
}

func (c *canonical) literal(v value, i int, word string) int {
	if end := i + len(word); end <= len(v) && string(v[i:end]) == word {
		return end
	}
	return bad
}

// text appends the string whose quote is v[i], and returns the index after it, or bad. It copies each word that it
// looks at; what of it lies behind the end of the string is overwritten by what follows.
func (c *canonical) text(v value, i int) (end int, is marked) {
	out, n := c.out, c.n+1
	out[c.n] = '"'
	i++
	from, high := i, uint64(0)
	for {
		for i+wordBytes <= len(v) {
			w := word(v, i)
			binary.LittleEndian.PutUint64(out[n:n+wordBytes], w)
			if m := equal(w, '"') | equal(w, '\\') | control(w); m != 0 {
				k := firstMark(m)
				high |= w & (1<<(8*k) - 1)
				i, n = i+k, n+k
				break
			}
			high |= w
			i, n = i+wordBytes, n+wordBytes
		}
		if i == len(v) {
			return bad, is
		}
		switch b := v[i]; {
		case b == '"':
			out[n] = '"'
			c.n = n + 1
			is.spoiled = is.spoiled || high&marks != 0 && !utf8.Valid(v[from:i])
			c.spoiled = c.spoiled || is.spoiled
			return i + 1, is
		case b == '\\':
			k, spoils := escape(v[i:])
			if k == 0 {
				return bad, is
			}
			is.escaped, is.spoiled = true, is.spoiled || spoils
			copy(out[n:], v[i:i+k])
			i, n = i+k, n+k
		case b < ' ':
			return bad, is
		default: // one of the last bytes of v
			high |= uint64(b)
			out[n] = b
			i, n = i+1, n+1
		}
	}
}

func (c *canonical) object(v value, i, depth int) int {
	if depth >= c.deepest {
		return bad
	}
	c.putByte('{')
	names, start := len(c.names), c.n
	for i = afterBlanks(v, i+1); i < len(v) && v[i] != '}'; {
		if i = c.member(v, i, depth, c.n > start); i == bad {
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
	c.putByte('}')
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
	before := c.n
	if comma {
		c.putByte(',')
	}
	f := span{name: int32(c.n)}
	end, is := c.text(v, i)
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
	c.names = append(c.names, nameHash(name))
	f.nameEnd = int32(c.n)
	c.putByte(':')
	f.val = int32(c.n)
	next := c.value(v, at, depth+1)
	switch f.valEnd = int32(c.n); {
	case v[at] == 'n' || depth == 0 && c.skip(name):
		c.n = before
	case depth == 0 && len(c.fields) <= mostMembers:
		c.fields = append(c.fields, f)
	}
	return next
}

func (c *canonical) array(v value, i, depth int) int {
	if depth >= c.deepest {
		return bad
	}
	c.putByte('[')
	for i = afterBlanks(v, i+1); i < len(v) && v[i] != ']'; {
		if i = c.value(v, i, depth+1); i == bad {
			return bad
		}
		if i = afterBlanks(v, i); i < len(v) && v[i] == ',' {
			c.putByte(',')
			if i = afterBlanks(v, i+1); i < len(v) && v[i] == ']' {
				return bad
			}
		} else if i < len(v) && v[i] != ']' {
			return bad
		}
	}
	c.putByte(']')
	return closed(v, i)
}
