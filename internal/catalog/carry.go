package catalog

import (
	"cmp"
	"slices"
)

// maxAbsent bounds the columns that a facet keeps after its origin dropped
// them: a pivot whose columns change daily must not grow forever.
const maxAbsent = 500

// maxCompiled bounds the compiled code that a facet keeps of other raw code.
const maxCompiled = 8

// Carry completes a new facet with what remains of the older one of the same
// (origin, source, unique id), so that a blank or a partial artifact loses nothing:
//
//   - a description (the table's or a column's) that is blank now is kept as
//     Kept, with what brought it and since when it is gone;
//   - a column that is no longer listed stays with Absent set: of a catalog or a
//     crawl its whole entry, of a manifest too;
//   - compiled code that did not come is that which the newest report had of the same
//     raw code, by its checksum.
//
// The same holds for a facet that comes again after it was withdrawn. The hash
// is computed again. old and next are not changed; both have Cause, At and Tie
// set, and their bodies are normalized. Of each value the report that had it is
// kept, so that it does not matter whether next or old came first.
func Carry(old, next Facet) Facet {
	b := next.Body
	b.Kept = keptText(reportedText{b.Description, b.Kept, next.Cause, next.Stamp()}, reportedText{old.Body.Description, old.Body.Kept, old.Cause, old.Stamp()})
	b.Columns, b.Listed = carryColumns(&old, &next)
	b.Code, b.Compiled = carryCode(&old, &next)
	next.Body = b
	next.Hash = HashBody(b)
	return next
}

// reportedText is a text as one report has it.
type reportedText struct {
	text  string
	kept  *Kept
	cause Cause
	at    Stamp
}

// keptText returns what is kept of a text where the newer report has none: the
// newest one that any report had.
func keptText(now, before reportedText) *Kept {
	if !isBlank(now.text) {
		return nil
	}
	k := before.kept
	if !isBlank(before.text) {
		k = &Kept{Value: before.text, Cause: before.cause, Since: now.cause, Last: before.at}
	}
	if now.kept == nil || k != nil && k.Last.Compare(now.kept.Last) > 0 {
		return k
	}
	return now.kept
}

// lists reports whether the facet's own report lists columns. Of a manifest no
// columns mean that none are documented; a warehouse's entry without columns is one
// that could not be read.
func (f *Facet) lists() bool {
	return f.Source == FromManifest || f.Body.Listed.IsZero() && len(f.Body.Columns) > 0
}

// listStamp is the report that the facet's columns are from.
func (f *Facet) listStamp() Stamp {
	if f.Body.Listed.IsZero() {
		return f.Stamp()
	}
	return f.Body.Listed
}

// carryColumns returns the columns of the newest list with those that only older
// ones had, which are absent, and the report of the list if it is not next's own.
func carryColumns(old, next *Facet) ([]BodyColumn, Stamp) {
	if len(old.Body.Columns) == 0 && (next.lists() || old.Source != FromManifest) {
		return next.Body.Columns, next.Body.Listed
	}
	list, other := next, old
	if !next.lists() && (len(next.Body.Columns) == 0 || other.listStamp().Compare(next.listStamp()) > 0) {
		list, other = old, next
	}
	from := list.listStamp()
	own := list == next && next.Body.Listed.IsZero()
	c := columnCarry{list: list, other: other, at: from, otherAt: other.listStamp()}
	columns := c.join()
	if own {
		return columns, Stamp{}
	}
	return columns, from
}

// columnCarry joins the columns of two reports: list is the newer list.
type columnCarry struct {
	list, other *Facet
	at, otherAt Stamp // of the lists
}

func (j *columnCarry) join() []BodyColumn {
	var out, gone []BodyColumn
	for _, c := range j.list.Body.Columns {
		if c.Absent.IsZero() {
			out = append(out, c)
		} else {
			gone = append(gone, c)
		}
	}
	byName := make(map[string]int, len(out))
	for i, c := range out {
		byName[c.Name] = i
	}
	absent := make(map[string]int, len(gone))
	for i, c := range gone {
		absent[c.Name] = i
	}
	platform := cmp.Or(j.list.Body.Relation.Platform, j.other.Body.Relation.Platform)
	renamed := recased(j.other.Body.Columns, out, byName, platform)
	for _, c := range j.other.Body.Columns {
		i, ok := byName[c.Name]
		if !ok {
			i, ok = renamed[c.Name]
		}
		if ok {
			out[i].Kept = keptText(j.textOf(j.list, &out[i]), j.textOf(j.other, &c))
			continue
		}
		if i, ok := absent[c.Name]; ok {
			gone[i] = j.joinAbsent(gone[i], c)
			continue
		}
		gone = append(gone, j.vanish(c))
	}
	slices.SortStableFunc(gone, func(a, b BodyColumn) int {
		if a.Last.IsZero() && b.Last.IsZero() {
			return 0 // from before the times were kept, in the order in which they were dropped
		}
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Ordinal, b.Ordinal), cmp.Compare(a.Name, b.Name))
	})
	return append(out, newestAbsent(gone)...)
}

// last is the newest report that listed a column of one of the lists.
func (j *columnCarry) last(f *Facet, c *BodyColumn) Stamp {
	switch {
	case !c.Absent.IsZero():
		return c.Last
	case f == j.list:
		return j.at
	}
	return j.otherAt
}

func (j *columnCarry) textOf(f *Facet, c *BodyColumn) reportedText {
	return reportedText{c.Description, c.Kept, f.Cause, j.last(f, c)}
}

// vanish returns a column that the list does not have.
func (j *columnCarry) vanish(c BodyColumn) BodyColumn {
	if !c.Absent.IsZero() {
		return c
	}
	c.Kept = keptText(reportedText{cause: j.list.Cause}, j.textOf(j.other, &c))
	c.Absent, c.Last, c.Description = Withdrawal{Cause: j.list.Cause, At: j.at.At}, j.otherAt, ""
	return c
}

// joinAbsent joins what both reports have of a column that the list does not have:
// the entry is that of the newest report that listed it, and it is absent since the
// oldest report after that.
func (j *columnCarry) joinAbsent(c, other BodyColumn) BodyColumn {
	listed := other.Absent.IsZero()
	kept := keptText(j.textOf(j.list, &c), j.textOf(j.other, &other))
	out, since := c, c.Absent
	if last := j.last(j.other, &other); last.Compare(c.Last) > 0 {
		since = other.Absent
		if listed {
			since = Withdrawal{Cause: j.list.Cause, At: j.at.At}
		}
		if c.Absent.At.After(last.At) && c.Absent.At.Before(since.At) {
			since = c.Absent
		}
		out = other
		out.Last, out.Description = last, ""
	} else if !listed && other.Absent.At.After(c.Last.At) && other.Absent.At.Before(since.At) {
		since = other.Absent
	}
	if j.otherAt.At.After(out.Last.At) && !listed && j.otherAt.At.Before(since.At) {
		since = Withdrawal{Cause: j.other.Cause, At: j.otherAt.At}
	}
	out.Absent, out.Kept = since, kept
	return out
}

// recased finds the old columns, absent ones too, whose spelling differs from a new
// one only by case, where that is unique on both sides.
func recased(old, next []BodyColumn, byName map[string]int, platform string) map[string]int {
	olds, nexts := map[string][]string{}, map[string][]int{}
	oldNames := make(map[string]bool, len(old))
	for _, c := range old {
		oldNames[c.Name] = true
		if _, ok := byName[c.Name]; !ok {
			fold := FoldColumn(platform, c.Name)
			olds[fold] = append(olds[fold], c.Name)
		}
	}
	if len(olds) == 0 {
		return nil
	}
	for i, c := range next {
		if !oldNames[c.Name] {
			fold := FoldColumn(platform, c.Name)
			nexts[fold] = append(nexts[fold], i)
		}
	}
	out := map[string]int{}
	for fold, names := range olds {
		if len(names) == 1 && len(nexts[fold]) == 1 {
			out[names[0]] = nexts[fold][0]
		}
	}
	return out
}

// newestAbsent keeps the columns that were listed last; columns are in this order.
func newestAbsent(columns []BodyColumn) []BodyColumn {
	return columns[:min(len(columns), maxAbsent)]
}

// carryCode returns the code of the newer report, with the newest compiled code of
// the same raw code, and the compiled code of other raw code.
func carryCode(old, next *Facet) (*Code, []Compiled) {
	var all []Compiled // the newest of each raw code
	put := func(c Compiled) {
		i := slices.IndexFunc(all, func(o Compiled) bool { return o.Checksum == c.Checksum })
		switch {
		case i < 0:
			all = append(all, c)
		case c.At.Compare(all[i].At) > 0:
			all[i] = c
		}
	}
	for _, f := range []*Facet{next, old} {
		if c := f.Body.Code; c != nil && c.Checksum != "" && !c.Compiled.IsZero() {
			put(f.compiled())
		}
		for _, c := range f.Body.Compiled {
			put(c)
		}
	}
	code := next.Body.Code
	if code != nil && code.Checksum != "" && (code.Compiled.IsZero() || !code.CompiledBy.IsZero()) {
		if i := slices.IndexFunc(all, func(c Compiled) bool { return c.Checksum == code.Checksum }); i >= 0 {
			c := *code
			c.Compiled, c.CompiledBy, c.CompiledAt = all[i].Code, all[i].By, all[i].At
			code = &c
		}
	}
	others := slices.DeleteFunc(all, func(c Compiled) bool { return code != nil && c.Checksum == code.Checksum })
	slices.SortFunc(others, func(a, b Compiled) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Checksum, b.Checksum))
	})
	if others = others[:min(len(others), maxCompiled)]; len(others) == 0 {
		return code, nil
	}
	return code, others
}

// compiled is the compiled code of a facet that has some.
func (f *Facet) compiled() Compiled {
	c := f.Body.Code
	if c.CompiledBy.IsZero() {
		return Compiled{Checksum: c.Checksum, Code: c.Compiled, By: f.Cause, At: f.Stamp()}
	}
	return Compiled{Checksum: c.Checksum, Code: c.Compiled, By: c.CompiledBy, At: c.CompiledAt}
}
