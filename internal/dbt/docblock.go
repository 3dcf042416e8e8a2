package dbt

import "strings"

// Doc is what only a docs block has.
type Doc struct {
	Contents string // only where asked for
}

// DocRef is the use of a docs block in the description of a node, or of a column of it. dbt 1.10 is the first to
// report any.
type DocRef struct {
	Doc    string // unique id
	Column string // "" = the node itself
}

func (d *decoder) doc(f []member) *Doc {
	x := &Doc{}
	for _, m := range f {
		if string(m.name) == "block_contents" {
			x.Contents = d.text("block_contents", m.val)
		}
	}
	return x
}

// idOf is the unique id of an entry of a section. Up to dbt 1.3 docs blocks had none of the usual form.
func idOf(section, key string) string {
	if section == "docs" && key != "" && !strings.HasPrefix(key, docPrefix) {
		return docPrefix + key
	}
	return key
}

const docPrefix = "doc."
