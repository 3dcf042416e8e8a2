package dbt

// interned keeps short texts that were read, so that those that come again and again (names of columns, types,
// ids of parents) are held once. A text that takes the place of another costs no more than if there were no
// such table.
type interned struct {
	texts  []string
	misses int
}

// The table begins small, since most projects are, and is replaced by one of the full size once it was filled.
const (
	internedFirst = 256
	internedFull  = 4096
)

// longestInterned is the length from which a text is unlikely to come again.
const longestInterned = 80 // bytes

func (t *interned) text(b []byte) string {
	if len(b) > longestInterned {
		return string(b)
	}
	if t.texts == nil {
		t.texts = make([]string, internedFirst)
	}
	slot := &t.texts[nameHash(b)%uint64(len(t.texts))]
	if *slot == string(b) {
		return *slot
	}
	text := string(b)
	*slot = text
	if t.misses++; t.misses == internedFirst {
		t.texts = make([]string, internedFull)
	}
	return text
}
