package dbt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
)

// Hash identifies what a node says: the first 16 bytes of the SHA-256 of its JSON without blanks, without
// null members and without the members that change although the node does not.
type Hash [16]byte

// String returns the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// volatile says whether a member of a node changes from run to run without meaning anything.
func volatile(name []byte) bool {
	switch string(name) {
	case "created_at", "build_path", "compiled_path", "root_path", "generated_at", "invocation_id",
		"invocation_started_at", "run_started_at", "user_id", "env":
		return true
	}
	return false
}

// nothing leaves out no member.
func nothing([]byte) bool { return false }

// volatileMacro leaves the text of a macro out as well: nobody reads it unless asked.
func volatileMacro(name []byte) bool { return string(name) == "macro_sql" || volatile(name) }

// canonical is the JSON of a value in the form that is hashed.
type canonical struct {
	buf  []byte
	skip func(name []byte) bool // members of the outermost object that are left out

	badNumber bool // a number was met that no 64-bit type holds
	repeated  bool // a name was met twice in one object
	names     []uint64
	fields    []span // members of the outermost object, in buf
}

// span is where a member stands in a buffer: its quoted name and its value.
type span struct{ name, nameEnd, val, valEnd int }

// hash returns the hash of v, which it leaves behind in c.buf in canonical form.
func (c *canonical) hash(v value, skip func([]byte) bool) Hash {
	c.hashed(v, skip)
	sum := sha256.Sum256(c.buf)
	return Hash(sum[:16])
}

// hashed leaves behind in c.buf what is hashed of v.
func (c *canonical) hashed(v value, skip func([]byte) bool) {
	c.buf, c.skip, c.badNumber, c.repeated, c.names, c.fields = c.buf[:0], skip, false, false, c.names[:0], c.fields[:0]
	c.value(v, 0, 0)
}

// value appends the value at v[i] and returns the index behind it.
func (c *canonical) value(v value, i, depth int) int {
	switch v[i] {
	case '{':
		return c.object(v, i, depth)
	case '[':
		return c.array(v, i, depth)
	}
	end := endOfValue(v, i)
	if k := v[i]; k == '-' || k >= '0' && k <= '9' {
		c.badNumber = c.badNumber || outOfRange(v[i:end])
	}
	c.buf = append(c.buf, v[i:end]...)
	return end
}

func (c *canonical) object(v value, i, depth int) int {
	c.buf = append(c.buf, '{')
	names := len(c.names)
	first := true
	for i = skipSpace(v, i+1); v[i] != '}'; {
		end, name := scanName(v, i)
		at := skipSpace(v, skipSpace(v, end)+1)
		c.names = append(c.names, nameHash(name))
		if v[at] == 'n' || depth == 0 && c.skip(name) {
			i = endOfValue(v, at)
		} else {
			if !first {
				c.buf = append(c.buf, ',')
			}
			first = false
			f := span{name: len(c.buf)}
			c.buf = append(append(c.buf, v[i:end]...), ':')
			f.nameEnd, f.val = len(c.buf)-1, len(c.buf)
			i = c.value(v, at, depth+1)
			if f.valEnd = len(c.buf); depth == 0 {
				c.fields = append(c.fields, f)
			}
		}
		if i = skipSpace(v, i); v[i] == ',' {
			i = skipSpace(v, i+1)
		}
	}
	c.repeated = c.repeated || hasRepeats(c.names[names:])
	c.names = c.names[:names]
	c.buf = append(c.buf, '}')
	return i + 1
}

func (c *canonical) array(v value, i, depth int) int {
	c.buf = append(c.buf, '[')
	for i = skipSpace(v, i+1); v[i] != ']'; {
		i = skipSpace(v, c.value(v, i, depth+1))
		if v[i] == ',' {
			c.buf = append(c.buf, ',')
			i = skipSpace(v, i+1)
		}
	}
	c.buf = append(c.buf, ']')
	return i + 1
}

// outOfRange says whether neither an int64 nor a finite float64 holds the number: 1e400, or a whole number
// of more than 64 bits.
func outOfRange(number []byte) bool {
	exponent := bytes.ContainsAny(number, "eE")
	if len(number) < 19 && !exponent {
		return false
	}
	if !exponent && bytes.IndexByte(number, '.') < 0 {
		_, err := strconv.ParseInt(string(number), 10, 64)
		return err != nil
	}
	_, err := strconv.ParseFloat(string(number), 64)
	return err != nil
}

// nameHash is FNV-1a over eight bytes at a time; good enough to suspect that two names are equal.
func nameHash(name []byte) uint64 {
	h := uint64(14695981039346656037)
	for len(name) >= 8 {
		word := uint64(name[0]) | uint64(name[1])<<8 | uint64(name[2])<<16 | uint64(name[3])<<24 |
			uint64(name[4])<<32 | uint64(name[5])<<40 | uint64(name[6])<<48 | uint64(name[7])<<56
		h = (h ^ word) * 1099511628211
		h ^= h >> 29
		name = name[8:]
	}
	for _, b := range name {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return h
}

// hasRepeats says whether two of the hashes are equal; it may reorder them.
func hasRepeats(h []uint64) bool {
	if len(h) < 2 {
		return false
	}
	if len(h) <= 12 {
		for i := range h {
			for j := range i {
				if h[i] == h[j] {
					return true
				}
			}
		}
		return false
	}
	return hasRepeatsSorted(h)
}

func hasRepeatsSorted(h []uint64) bool {
	slices.Sort(h)
	for i := 1; i < len(h); i++ {
		if h[i] == h[i-1] {
			return true
		}
	}
	return false
}
