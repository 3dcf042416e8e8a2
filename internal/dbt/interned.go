package dbt

// interned keeps short texts that were read, so that those that come again and again (names of columns, types,
// ids of parents) are held once. A text that takes the place of another costs no more than if there were no
// such table.
type interned struct {
	texts [4096]string
}

// longestInterned is the length from which a text is unlikely to come again.
const longestInterned = 80 // bytes

func (t *interned) text(b []byte) string {
	if len(b) > longestInterned {
		return string(b)
	}
	place := &t.texts[nameHash(b)%uint64(len(t.texts))]
	if *place != string(b) {
		*place = string(b)
	}
	return *place
}
