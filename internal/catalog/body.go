package catalog

import "slices"

// NormalizeBody puts a body into the one form of its content: sets sorted, JSON
// compact with sorted keys, nothing empty. Bodies of equal content are then
// equal and hash alike. The body's own slices may be reused.
func NormalizeBody(b Body) Body {
	b.Owners, b.Tags = sortedSet(b.Owners), sortedSet(b.Tags)
	b.Meta, b.Config, b.Extra = compactJSON(b.Meta), compactJSON(b.Config), compactJSON(b.Extra)
	if b.DBT != nil {
		d := *b.DBT
		d.Freshness = compactJSON(d.Freshness)
		d.Macros = sortedSet(d.Macros)
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

// WithoutStamps returns a body without the times that decide between reports.
func (b Body) WithoutStamps() Body {
	kept := func(k *Kept) *Kept {
		if k == nil {
			return nil
		}
		return &Kept{Value: k.Value, Cause: k.Cause, Since: k.Since}
	}
	b.Kept, b.Listed, b.Compiled = kept(b.Kept), Stamp{}, nil
	b.Columns = slices.Clone(b.Columns)
	for i := range b.Columns {
		c := &b.Columns[i]
		c.Kept, c.Last = kept(c.Kept), Stamp{}
	}
	if b.Code != nil {
		code := *b.Code
		code.CompiledAt = Stamp{}
		b.Code = &code
	}
	return b
}
