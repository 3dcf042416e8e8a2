package resolve

import "strings"

// name is an interned name without regard to case; 0 is no name. Names that
// differ in case alone share a number: which of two such columns is meant is
// decided where both exist, see relation.find.
type name int32

// names interns the names of one text: a hash table with open addressing whose
// hash and comparison fold the case of ASCII letters, so that looking up a name
// makes no garbage.
type names struct {
	slots []name
	texts []string
	// other holds names with letters beyond ASCII, by their folded spelling.
	other map[string]name
}

// newNames makes room for the names of a text of some bytes.
func newNames(size int) names {
	slots := 64
	for slots < size/24 && slots < 4096 {
		slots *= 2
	}
	n := names{slots: make([]name, slots), texts: make([]string, 1, slots/2)}
	return n
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
			return n.add(text, at)
		case equalFolded(n.texts[id], text):
			return id
		}
	}
}

// foldedHash is FNV-1a over the letters in lower case.
func foldedHash(text string) (hash uint32, ascii bool) {
	hash = 2166136261
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= 0x80 {
			return 0, false
		}
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		hash = (hash ^ uint32(c)) * 16777619
	}
	return hash, true
}

// equalFolded compares a folded name with one in any spelling.
func equalFolded(folded, text string) bool {
	if len(folded) != len(text) {
		return false
	}
	if folded == text {
		return true
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

func (n *names) add(text string, at uint32) name {
	id := name(len(n.texts))
	n.texts = append(n.texts, strings.ToLower(text))
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
		hash, ascii := foldedHash(n.texts[id])
		if !ascii {
			continue
		}
		at := hash & mask
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
	n.other[folded] = id
	return id
}

// text is the folded spelling.
func (n *names) text(id name) string { return n.texts[id] }
