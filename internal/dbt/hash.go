package dbt

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
)

// Hash identifies the content of a node: the first 16 bytes of the SHA-256 of its JSON without blanks, without
// null members and without the members that change although the node does not.
type Hash [16]byte

// String returns the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// volatile reports whether a member of a node changes from run to run without meaning anything.
func volatile(name []byte) bool {
	switch string(name) {
	case "created_at", "build_path", "compiled_path", "root_path", "generated_at", "invocation_id",
		"invocation_started_at", "run_started_at", "user_id", "env":
		return true
	}
	return false
}

// allMembers is a filter that leaves out no member.
func allMembers([]byte) bool { return false }

// withoutText leaves out the text of a macro or docs block as well.
func withoutText(section string) func(name []byte) bool {
	switch section {
	case "macros":
		return func(name []byte) bool { return string(name) == "macro_sql" || volatile(name) }
	case "docs":
		return func(name []byte) bool { return string(name) == "block_contents" || volatile(name) }
	}
	return volatile
}

// outOfRange reports whether neither an int64 nor a finite float64 holds the number: 1e400, or a whole number
// of more than 64 bits.
func outOfRange(number []byte) bool {
	exponent := bytes.IndexByte(number, 'e') >= 0 || bytes.IndexByte(number, 'E') >= 0
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

// nameHash mixes eight bytes at a time, the last ones with some of those before; good enough to suspect that two
// names are equal.
func nameHash(name []byte) uint64 {
	const prime = 0x9e3779b97f4a7c15
	n := len(name)
	h := uint64(n) * prime
	for i := 0; i < n-wordBytes; i += wordBytes {
		h = (h ^ word(name, i)) * prime
		h ^= h >> 32
	}
	switch {
	case n >= wordBytes:
		h ^= word(name, n-wordBytes)
	case n >= 4:
		h ^= uint64(binary.LittleEndian.Uint32(name))<<32 | uint64(binary.LittleEndian.Uint32(name[n-4:]))
	case n > 0:
		h ^= uint64(name[0]) | uint64(name[n/2])<<8 | uint64(name[n-1])<<16
	}
	h *= prime
	return h ^ h>>32
}

// hasRepeats reports whether two of the hashes are equal; it may reorder them.
func hasRepeats(h []uint64) bool {
	if len(h) > 12 {
		return suspectRepeats(h) && hasRepeatsSorted(h)
	}
	for i := range h {
		for j := range i {
			if h[i] == h[j] {
				return true
			}
		}
	}
	return false
}

// suspectRepeats returns false if the hashes differ in their lowest bits already.
func suspectRepeats(h []uint64) bool {
	var seen [64]uint64
	for _, x := range h {
		bit := uint64(1) << (x & 63)
		if seen[x>>6&63]&bit != 0 {
			return true
		}
		seen[x>>6&63] |= bit
	}
	return false
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
