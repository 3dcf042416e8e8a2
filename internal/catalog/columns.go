package catalog

import (
	"cmp"
	"slices"
)

// columns merges the columns of an asset.
//
// The newest list of the warehouse (a catalog entry or a crawl) is the table's
// full column list, in its order and spelling. Columns of older lists are
// absent. Columns that only the manifest has are documented-only; without any
// list the manifest's columns stand. Order: the list's, documented-only, absent.
func (w *words) columns(platform string, p Policy) []Column {
	t := columnTable{platform: platform, live: len(w.live), exact: map[string]*slot{}, folded: map[string][]*slot{}}
	list, others := w.lists()
	if list != nil {
		t.join(list, w.order(list), slotListed)
	}
	for i, f := range w.live {
		if f.Source == FromManifest {
			t.join(f, i, documented(list != nil))
		}
	}
	for _, f := range others {
		t.join(f, w.order(f), slotAbsent)
	}
	for i, f := range w.past {
		if f != list {
			t.join(f, len(w.live)+i, slotNone)
		}
	}
	edits := t.edits(w.edits)
	out := make([]Column, 0, len(t.slots))
	slices.SortStableFunc(t.slots, func(a, b *slot) int { return cmp.Compare(a.state, b.state) })
	for i, s := range t.slots {
		c := s.column(platform, p, list, edits[s])
		c.Ordinal = i + 1
		out = append(out, c)
	}
	return out
}

// lists gives the newest column list of the warehouse, and the other live ones.
// Withdrawn lists are used where no live one is left: a model that was renamed
// keeps the columns it had until the next catalog.
func (w *words) lists() (newest *Facet, others []*Facet) {
	for _, facets := range [][]*Facet{w.live, w.past} {
		for _, f := range facets {
			if f.Source == FromManifest || !listsColumns(f) {
				continue
			}
			if newest == nil || f.Import > newest.Import {
				newest = f
			}
		}
		if newest != nil {
			break
		}
	}
	for _, f := range w.live {
		if f != newest && f.Source != FromManifest {
			others = append(others, f)
		}
	}
	return newest, others
}

func listsColumns(f *Facet) bool {
	return slices.ContainsFunc(f.Body.Columns, func(c BodyColumn) bool { return c.Absent == 0 })
}

// order is the place of a facet among all that are heard.
func (w *words) order(f *Facet) int {
	if i := slices.Index(w.live, f); i >= 0 {
		return i
	}
	return len(w.live) + slices.Index(w.past, f)
}

// slotState says how a column came to be, in the order in which columns show.
type slotState uint8

const (
	slotListed     slotState = iota // the newest list has it, or there is none
	slotDocumented                  // only the manifest has it
	slotAbsent                      // an older list had it
	slotNone                        // makes no column, only speaks about one
)

func documented(listed bool) slotState {
	if listed {
		return slotDocumented
	}
	return slotListed
}

// slot gathers what the facets say about one column.
type slot struct {
	name       string
	state      slotState
	documented bool // a manifest has it now
	parts      []part
}

// part is one facet's word about a column.
type part struct {
	facet  *Facet
	order  int
	past   bool // the facet is withdrawn
	column *BodyColumn
}

type columnTable struct {
	live     int // number of facets that are not past
	platform string
	slots    []*slot
	exact    map[string]*slot
	folded   map[string][]*slot
}

// join adds the columns of one facet: each to the column of the same name,
// else to the only one that differs by case, else as a new one of the given state.
func (t *columnTable) join(f *Facet, order int, state slotState) {
	columns := byOrdinal(f.Body.Columns)
	used := map[*slot]bool{}
	var rest []*BodyColumn
	for _, c := range columns {
		s := t.exact[c.Name]
		if s == nil || used[s] {
			rest = append(rest, c)
			continue
		}
		used[s] = true
		t.add(s, part{f, order, order >= t.live, c})
	}
	alike := map[string]int{}
	for _, c := range rest {
		alike[FoldColumn(t.platform, c.Name)]++
	}
	var fresh []*BodyColumn
	for _, c := range rest {
		fold := FoldColumn(t.platform, c.Name)
		same := t.folded[fold]
		if len(same) == 1 && alike[fold] == 1 && !used[same[0]] && !exactOnly(t.platform, c) {
			used[same[0]] = true
			t.add(same[0], part{f, order, order >= t.live, c})
			continue
		}
		fresh = append(fresh, c)
	}
	for _, c := range fresh {
		t.open(c, part{f, order, order >= t.live, c}, state)
	}
}

// exactOnly tells a column that the YAML quotes where quotes keep the case.
func exactOnly(platform string, c *BodyColumn) bool { return c.Quote && quotesExact(platform) }

func (t *columnTable) add(s *slot, p part) {
	s.parts = append(s.parts, p)
	if p.facet.Source == FromManifest && p.column.Absent == 0 {
		s.documented = true
	}
}

// open makes a column, unless the facet has no say in what exists.
func (t *columnTable) open(c *BodyColumn, p part, state slotState) {
	if c.Absent != 0 {
		if p.facet.Source == FromManifest && state == slotDocumented {
			return // once documented, never in the warehouse, no longer documented
		}
		if state != slotNone {
			state = slotAbsent
		}
	}
	if state == slotNone || t.exact[c.Name] != nil {
		return
	}
	s := &slot{name: c.Name, state: state}
	t.add(s, p)
	t.slots = append(t.slots, s)
	t.exact[c.Name] = s
	fold := FoldColumn(t.platform, c.Name)
	t.folded[fold] = append(t.folded[fold], s)
}

// byOrdinal sorts columns by the position their origin gives, which may start
// at 0 or 1 and have gaps.
func byOrdinal(columns []BodyColumn) []*BodyColumn {
	out := make([]*BodyColumn, len(columns))
	for i := range columns {
		out[i] = &columns[i]
	}
	slices.SortStableFunc(out, func(a, b *BodyColumn) int { return cmp.Compare(a.Ordinal, b.Ordinal) })
	return out
}

// columnEdits are the newest edits of one column.
type columnEdits struct{ description, tags *Edit }

// edits finds the column of each edit as a facet's column is found.
func (t *columnTable) edits(edits []Edit) map[*slot]columnEdits {
	out := map[*slot]columnEdits{}
	for i := range edits {
		e := &edits[i]
		if e.Column == "" {
			continue
		}
		s := t.exact[e.Column]
		if s == nil {
			if same := t.folded[FoldColumn(t.platform, e.Column)]; len(same) == 1 {
				s = same[0]
			} else {
				continue
			}
		}
		ce := out[s]
		switch e.Field {
		case "description":
			ce.description = e
		case "tags":
			ce.tags = e
		}
		out[s] = ce
	}
	return out
}

func (s *slot) column(platform string, p Policy, list *Facet, e columnEdits) Column {
	slices.SortStableFunc(s.parts, func(a, b part) int { return cmp.Compare(a.order, b.order) })
	c := Column{
		Name: s.name, Present: s.state != slotAbsent,
		DocumentedOnly: list != nil && s.documented && s.state != slotListed,
	}
	c.Type, c.Nullable = s.typed(platform, list)
	voices := make([]voice, 0, len(s.parts))
	var tags []string
	for _, q := range s.parts {
		voices = append(voices, voice{facet: q.facet, text: q.column.Description, kept: q.column.Kept, past: q.past})
		if q.past || q.column.Absent != 0 {
			continue
		}
		if p.Tags != Never || !isDBT(q.facet.Origin) {
			tags = append(tags, q.column.Tags...)
		}
		c.Meta = firstJSON(c.Meta, q.column.Meta)
		for _, k := range q.column.Constraints {
			if !slices.ContainsFunc(c.Constraints, k.equal) {
				c.Constraints = append(c.Constraints, k)
			}
		}
	}
	c.Description = effectiveText(voices, e.description, p.Description)
	c.Tags = edited(tags, e.tags)
	return c
}

// typed gives the type and nullability that the list tells, else the first
// that anybody tells. Catalogs of some warehouses drop precision, length and
// element type: a crawl that names the same kind of type is heard instead.
func (s *slot) typed(platform string, list *Facet) (Type, *bool) {
	var best, crawled Type
	var nullable *bool
	for _, q := range s.heardForType(list) {
		t, null := ParseType(platform, q.column.NativeType)
		if best.Native == "" {
			best = t
		}
		if q.facet.Source == FromCrawl && crawled.Native == "" {
			crawled = t
		}
		switch {
		case nullable != nil:
		case q.column.Nullable != nil:
			nullable = q.column.Nullable
		case null:
			nullable = &null
		}
	}
	if crawled.Native != "" && crawled.family() == best.family() {
		best = crawled
	}
	return best, nullable
}

// heardForType puts the list's word before the others'.
func (s *slot) heardForType(list *Facet) []part {
	i := slices.IndexFunc(s.parts, func(q part) bool { return q.facet == list })
	if i <= 0 {
		return s.parts
	}
	out := make([]part, 0, len(s.parts))
	out = append(out, s.parts[i])
	out = append(out, s.parts[:i]...)
	return append(out, s.parts[i+1:]...)
}

func (k Constraint) equal(o Constraint) bool {
	return k.Type == o.Type && k.Name == o.Name && k.Expression == o.Expression && k.To == o.To &&
		slices.Equal(k.Columns, o.Columns) && slices.Equal(k.ToColumns, o.ToColumns)
}
