package resolve

import "strings"

// name is an interned name without regard to case; 0 means none. Names that
// differ in case alone share a number: which of two such columns is meant is
// decided where both exist, see relation.find.
type name int32

// names interns the names of one text: a hash table with open addressing whose
// hash and comparison fold the case of ASCII letters, so that looking up a name
// makes no garbage.
type names struct {
	slots []name
	texts []string
	// hashes are those of texts.
	hashes []uint32
	// other holds names with letters beyond ASCII, by their folded spelling.
	other map[string]name
}

// start makes room for the names of a text of some bytes.
func (n *names) start(size int) {
	slots := 64
	for slots < size/24 && slots < 4096 {
		slots *= 2
	}
	if cap(n.slots) < slots {
		n.slots = make([]name, slots)
	}
	n.slots = n.slots[:slots]
	n.texts = append(n.texts[:0], "")
	n.hashes = append(n.hashes[:0], 0)
}

// reset forgets all names and keeps the memory of not too many.
func (n *names) reset() {
	if len(n.slots) > 4*largestList {
		*n = names{}
		return
	}
	clear(n.slots)
	clear(n.texts)
	n.other = nil
}

// id interns a name in whatever spelling.
func (n *names) id(text string) name {
	hash, ascii := foldedHash(text)
	if !ascii {
		return n.otherID(text)
	}
	mask := uint32(len(n.slots) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		switch id := n.slots[at]; {
		case id == 0:
			return n.add(text, hash, at)
		case n.hashes[id] == hash && equalFolded(n.texts[id], text):
			return id
		}
	}
}

const (
	// letterCase is the bit that distinguishes capital letters from small ones, in eight
	// bytes at once. Other bytes that differ in it alone share hashes, no names.
	letterCase  = 0x2020202020202020
	beyondASCII = 0x8080808080808080
	hashFactor  = 0x9E3779B97F4A7C15
	// hashed marks the hashes of names in the table.
	hashed    = 1 << 31
	notHashed = 0
)

// foldedHash hashes without regard to the case of ASCII letters.
func foldedHash(text string) (hash uint32, ascii bool) {
	h, seen := uint64(len(text)), uint64(0)
	for ; len(text) >= 8; text = text[8:] {
		word := eightBytes(text)
		seen |= word
		h = mixed(h ^ (word | letterCase))
	}
	word := uint64(0)
	for i := 0; i < len(text); i++ {
		word = word<<8 | uint64(text[i])
	}
	h = mixed(h ^ (word | letterCase))
	return uint32(h>>32) | hashed, (seen|word)&beyondASCII == 0
}

func mixed(h uint64) uint64 {
	h *= hashFactor
	return h ^ h>>29
}

// eightBytes reads the first eight bytes, which the compiler makes one load.
func eightBytes(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// equalFolded compares a folded name with one in any spelling.
func equalFolded(folded, text string) bool {
	if folded == text {
		return true
	}
	if len(folded) != len(text) {
		return false
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != folded[i] {
			return false
		}
	}
	return true
}

func (n *names) add(text string, hash, at uint32) name {
	id := name(len(n.texts))
	n.texts = append(n.texts, strings.ToLower(text))
	n.hashes = append(n.hashes, hash)
	n.slots[at] = id
	if 2*len(n.texts) > len(n.slots) {
		n.grow()
	}
	return id
}

func (n *names) grow() {
	n.slots = make([]name, 2*len(n.slots))
	mask := uint32(len(n.slots) - 1)
	for id := 1; id < len(n.texts); id++ {
		if n.hashes[id] == notHashed {
			continue
		}
		at := n.hashes[id] & mask
		for n.slots[at] != 0 {
			at = (at + 1) & mask
		}
		n.slots[at] = name(id)
	}
}

func (n *names) otherID(text string) name {
	folded := strings.ToLower(text)
	if id, ok := n.other[folded]; ok {
		return id
	}
	if n.other == nil {
		n.other = map[string]name{}
	}
	id := name(len(n.texts))
	n.texts = append(n.texts, folded)
	n.hashes = append(n.hashes, notHashed)
	n.other[folded] = id
	return id
}

// text is the folded spelling.
func (n *names) text(id name) string { return n.texts[id] }
