package resolve

import "strings"

// name is an interned name without regard to case; 0 is no name. Names that
// differ in case alone share a number: which of two such columns is meant is
// decided where both exist, see relation.find.
type name int32

// names interns the names of one text.
type names struct {
	ids   map[string]name
	texts []string
}

func newNames() names {
	return names{ids: make(map[string]name, 64), texts: make([]string, 1, 64)}
}

// id interns a name in whatever spelling.
func (n *names) id(text string) name {
	if id, ok := n.ids[text]; ok {
		return id
	}
	folded := strings.ToLower(text)
	id, ok := n.ids[folded]
	if !ok {
		id = name(len(n.texts))
		n.texts = append(n.texts, folded)
		n.ids[folded] = id
	}
	if folded != text {
		n.ids[text] = id
	}
	return id
}

// text is the folded spelling.
func (n *names) text(id name) string { return n.texts[id] }
