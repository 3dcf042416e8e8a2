package catalog

import (
	"slices"
	"time"
)

// maxAbsent bounds the columns that a facet keeps after its origin dropped
// them: a pivot whose columns change daily must not grow forever.
const maxAbsent = 500

// Carry completes a new facet with what remains of the older one of the same
// (origin, source, unique id), so that a blank or a partial artifact loses nothing:
//
//   - a description (the table's or a column's) that is blank now is kept as
//     Kept, with what brought it and since when it is gone;
//   - a column that is no longer listed stays with Absent set: of a catalog or a
//     crawl its whole entry, of a manifest too;
//   - compiled code that did not come stays while the raw code's checksum is equal.
//
// The same holds for a facet that comes again after it was withdrawn. The hash
// is computed again. old and next are not changed; next has Cause and At set,
// and its body is normalized.
func Carry(old, next Facet) Facet {
	b := next.Body
	b.Kept = carryText(old.Cause, old.Body.Description, old.Body.Kept, next.Cause, b.Description)
	b.Columns = carryColumns(old, next)
	b.Code = carryCode(old, next)
	next.Body = b
	next.Hash = HashBody(b)
	return next
}

// carryText returns what is kept of a text.
func carryText(brought Cause, text string, kept *Kept, now Cause, newText string) *Kept {
	switch {
	case !isBlank(newText):
		return nil
	case !isBlank(text):
		return &Kept{Value: text, Cause: brought, Since: now}
	}
	return kept
}

func carryColumns(old, next Facet) []BodyColumn {
	if len(next.Body.Columns) == 0 && next.Source != FromManifest {
		// A warehouse's entry without columns is one that could not be read.
		return old.Body.Columns
	}
	out := slices.Clone(next.Body.Columns)
	byName := make(map[string]int, len(out))
	for i, c := range out {
		byName[c.Name] = i
	}
	renamed := recased(old.Body.Columns, out, byName, next.Body.Relation.Platform)
	var absent []BodyColumn
	for _, c := range old.Body.Columns {
		i, ok := byName[c.Name]
		if !ok {
			i, ok = renamed[c.Name]
		}
		if ok {
			out[i].Kept = carryText(old.Cause, c.Description, c.Kept, next.Cause, out[i].Description)
			continue
		}
		absent = append(absent, vanish(c, old.Cause, Withdrawal{Cause: next.Cause, At: next.At}))
	}
	return append(out, newestAbsent(absent)...)
}

// recased finds the old columns whose spelling differs from a new one only by
// case, where that is unique on both sides.
func recased(old, next []BodyColumn, byName map[string]int, platform string) map[string]int {
	olds, nexts := map[string][]string{}, map[string][]int{}
	oldNames := make(map[string]bool, len(old))
	for _, c := range old {
		oldNames[c.Name] = true
		if _, ok := byName[c.Name]; !ok && c.Absent.IsZero() {
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

// vanish returns a column that its origin no longer lists.
func vanish(c BodyColumn, brought Cause, now Withdrawal) BodyColumn {
	if !c.Absent.IsZero() {
		return c
	}
	c.Absent = now
	c.Kept = carryText(brought, c.Description, c.Kept, now.Cause, "")
	c.Description = ""
	return c
}

// newestAbsent keeps the columns that became absent last, in their order. Among
// equal times the first ones stay: those that a report has just dropped lead.
func newestAbsent(columns []BodyColumn) []BodyColumn {
	if len(columns) <= maxAbsent {
		return columns
	}
	since := make([]time.Time, len(columns))
	for i, c := range columns {
		since[i] = c.Absent.At
	}
	slices.SortFunc(since, func(a, b time.Time) int { return b.Compare(a) })
	oldest := since[maxAbsent-1]
	room := maxAbsent
	for _, c := range columns {
		if c.Absent.At.After(oldest) {
			room--
		}
	}
	return slices.DeleteFunc(columns, func(c BodyColumn) bool {
		if c.Absent.At.Equal(oldest) && room > 0 {
			room--
			return false
		}
		return !c.Absent.At.After(oldest)
	})
}

func carryCode(old, next Facet) *Code {
	was, now := old.Body.Code, next.Body.Code
	if was == nil || now == nil || was.Compiled.IsZero() || !now.Compiled.IsZero() ||
		now.Checksum == "" || was.Checksum != now.Checksum {
		return now
	}
	c := *now
	c.Compiled, c.CompiledBy = was.Compiled, was.CompiledBy
	if c.CompiledBy.IsZero() {
		c.CompiledBy = old.Cause
	}
	return &c
}
