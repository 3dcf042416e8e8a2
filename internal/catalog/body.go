package catalog

import (
	"bytes"
	"encoding/json"
	"slices"
)

// NormalizeBody puts a body into the one form of its content: sets sorted, JSON
// compact with sorted keys, nothing empty. Bodies of equal content are then
// equal and hash alike. The body's own slices may be reused.
func NormalizeBody(b Body) Body {
	b.Owners, b.Tags = sortedSet(b.Owners), sortedSet(b.Tags)
	b.Meta, b.Config, b.Extra = compactJSON(b.Meta), compactJSON(b.Config), compactJSON(b.Extra)
	if b.DBT != nil {
		d := *b.DBT
		d.Freshness = compactJSON(d.Freshness)
		b.DBT = &d
	}
	if len(b.Stats) == 0 {
		b.Stats = nil
	}
	if len(b.Columns) == 0 {
		b.Columns = nil
	}
	for i := range b.Columns {
		c := &b.Columns[i]
		c.Tags, c.Meta = sortedSet(c.Tags), compactJSON(c.Meta)
	}
	return b
}

// compactJSON sorts keys and drops blanks; nil for nothing, null, {} and [].
// Numbers keep their digits. Text that is no JSON becomes a JSON string.
func compactJSON(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		v = string(raw)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil // cannot be: v came from a decoder or is a string
	}
	b := bytes.TrimSuffix(out.Bytes(), []byte("\n"))
	if slices.Contains([]string{"null", "{}", "[]", `""`}, string(b)) {
		return nil
	}
	return b
}

// HashBody hashes a normalized body.
func HashBody(b Body) Hash { return hashJSON(b) }

// hashJSON hashes a value's JSON. The values hashed here hold raw JSON that was
// compacted before; any that is not valid hashes as its error.
func hashJSON(v any) Hash {
	b, err := json.Marshal(v)
	if err != nil {
		return HashOfText(err.Error())
	}
	return HashOf(b)
}
