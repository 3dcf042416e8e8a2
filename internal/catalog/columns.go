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
// list the manifest's columns count, and those that the table's code makes. A column
// that only people wrote about is absent. Order: the list's, documented-only, absent.
func (s *sortedFacets) columns(platform string, p Policy) (columns []Column, listed bool) {
	t := columnTable{platform: platform, live: len(s.live)}
	list, others := s.lists()
	made := s.made(list)
	switch {
	case list != nil:
		t.join(list, s.order(list), slotListed)
	case made != nil && s.ordersColumns(made):
		t.join(made, len(s.live)-1, slotListed)
		made = nil
	}
	for i, f := range s.live {
		switch {
		case f.Source == FromManifest:
			t.join(f, i, documented(list != nil))
		case f.Source == FromEvents && list == nil:
			t.join(f, i, slotListed)
		case f.Source == FromEvents:
			t.join(f, i, slotNone)
		}
	}
	if made != nil {
		t.join(made, len(s.live)-1, slotListed)
	}
	for _, f := range others {
		t.join(f, s.order(f), slotAbsent)
	}
	for i, f := range s.withdrawn {
		if f != list {
			t.join(f, len(s.live)+i, slotNone)
		}
	}
	edits := t.edits(s.edits)
	out := make([]Column, 0, len(t.slots))
	slices.SortStableFunc(t.slots, func(a, b *slot) int { return cmp.Compare(a.state, b.state) })
	for i, slot := range t.slots {
		c := slot.column(platform, p, list, edits[slot])
		c.Ordinal = i + 1
		out = append(out, c)
	}
	return out, list != nil
}

// made returns the columns that the table's code makes, where no list of the warehouse takes precedence. Those of a
// removed table are not known: its code is not read where it arrives after the report that lacks it.
func (s *sortedFacets) made(list *Facet) *Facet {
	if list != nil || s.code == nil || !s.present || len(s.code.Body.Columns) == 0 {
		return nil
	}
	return s.code
}

// ordersColumns reports whether the code has all columns of the table and decides their order. Under a contract
// the manifest decides it.
func (s *sortedFacets) ordersColumns(code *Facet) bool {
	lead := s.leading()
	contract := lead != nil && lead.Body.DBT != nil && lead.Body.DBT.Contract
	return !contract && code.Body.Columns[0].Ordinal > 0
}

// lists returns the newest column list of the warehouse, and the other live ones.
// Withdrawn lists are used where no live one is left: a model that was renamed
// keeps the columns it had until the next catalog.
func (s *sortedFacets) lists() (newest *Facet, others []*Facet) {
	for _, facets := range [][]*Facet{s.live, s.withdrawn} {
		for _, f := range facets {
			if f.Source == FromManifest || f.Source == FromEvents || !listsColumns(f) {
				continue
			}
			if newest == nil || f.listStamp().Compare(newest.listStamp()) > 0 {
				newest = f
			}
		}
		if newest != nil {
			break
		}
	}
	for _, f := range s.live {
		if f != newest && f.Source != FromManifest && f.Source != FromEvents {
			others = append(others, f)
		}
	}
	return newest, others
}

func listsColumns(f *Facet) bool {
	return slices.ContainsFunc(f.Body.Columns, func(c BodyColumn) bool { return c.Absent.IsZero() })
}

// order returns the position of a facet among all.
func (s *sortedFacets) order(f *Facet) int {
	if i := slices.Index(s.live, f); i >= 0 {
		return i
	}
	return len(s.live) + slices.Index(s.withdrawn, f)
}

// slotState is where a column comes from, in the order in which columns are
// listed.
type slotState uint8

const (
	slotListed     slotState = iota // the newest list has it, or there is none
	slotDocumented                  // only the manifest has it
	slotAbsent                      // an older list had it
	slotNone                        // makes no column, only describes one
)

func documented(listed bool) slotState {
	if listed {
		return slotDocumented
	}
	return slotListed
}

// slot gathers what the facets have about one column.
type slot struct {
	name       string
	state      slotState
	documented bool // a manifest has it now
	reported   bool // a manifest or the warehouse has it now
	stated     bool // events of jobs have it now
	joined     int  // number of the last facet that has joined a column here
	parts      []part
}

// part is what one facet has about a column.
type part struct {
	facet     *Facet
	order     int
	withdrawn bool
	column    *BodyColumn
}

type columnTable struct {
	platform string
	live     int // number of facets that are not withdrawn
	joins    int // number of facets joined so far
	slots    []*slot
	exact    map[string]*slot
	room     []slot             // for more of them
	partRoom []part             // two for each of room
	folded   map[string][]*slot // built when first needed: most names match exactly
}

// join adds the columns of one facet: each to the column of the same name,
// else to the only one that differs by case, else as a new one of the given state.
func (t *columnTable) join(f *Facet, order int, state slotState) {
	t.joins++
	p := part{facet: f, order: order, withdrawn: order >= t.live}
	var rest []*BodyColumn
	for _, c := range byOrdinal(f.Body.Columns) {
		s := t.exact[c.Name]
		if s == nil || s.joined == t.joins {
			rest = append(rest, c)
			continue
		}
		t.add(s, p, c)
	}
	if len(rest) == 0 {
		return
	}
	if len(t.slots) > 0 {
		rest = t.joinFolded(rest, p)
	}
	t.grow(len(rest))
	for _, c := range rest {
		t.open(c, p, state)
	}
}

// joinFolded joins by the folded name the columns that are alone with it on both
// sides, and returns the others.
func (t *columnTable) joinFolded(columns []*BodyColumn, p part) []*BodyColumn {
	folded := t.byFold()
	folds, alike := make([]string, len(columns)), make(map[string]int, len(columns))
	for i, c := range columns {
		folds[i] = FoldColumn(t.platform, c.Name)
		alike[folds[i]]++
	}
	rest := columns[:0]
	for i, c := range columns {
		same := folded[folds[i]]
		if len(same) == 1 && alike[folds[i]] == 1 && same[0].joined != t.joins && !exactOnly(t.platform, c) {
			t.add(same[0], p, c)
			continue
		}
		rest = append(rest, c)
	}
	return rest
}

// byFold returns the columns by folded name.
func (t *columnTable) byFold() map[string][]*slot {
	if t.folded == nil {
		t.folded = make(map[string][]*slot, len(t.slots))
		for _, s := range t.slots {
			fold := FoldColumn(t.platform, s.name)
			t.folded[fold] = append(t.folded[fold], s)
		}
	}
	return t.folded
}

// grow makes room for n more columns.
func (t *columnTable) grow(n int) {
	t.slots = slices.Grow(t.slots, n)
	if len(t.room) < n {
		t.room, t.partRoom = make([]slot, n), make([]part, 2*n)
	}
	if t.exact == nil {
		t.exact = make(map[string]*slot, n)
	}
}

// exactOnly reports whether the YAML quotes a column where quotes keep the case.
func exactOnly(platform string, c *BodyColumn) bool { return c.Quote && quotesExact(platform) }

func (t *columnTable) add(s *slot, p part, c *BodyColumn) {
	p.column = c
	s.parts = append(s.parts, p)
	s.joined = t.joins
	if !c.Absent.IsZero() || p.withdrawn {
		return
	}
	switch p.facet.Source {
	case FromManifest:
		s.documented, s.reported = true, true
	case FromSQL:
		if s.state == slotAbsent {
			s.state = slotListed
		}
	case FromEvents:
		s.stated = true
	default:
		s.reported = true
	}
}

// open makes a column, unless the facet does not decide which columns exist.
func (t *columnTable) open(c *BodyColumn, p part, state slotState) {
	if !c.Absent.IsZero() {
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
	s := &t.room[0]
	s.name, s.state, s.parts = c.Name, state, t.partRoom[:0:2]
	t.room, t.partRoom = t.room[1:], t.partRoom[2:]
	t.add(s, p, c)
	t.slots = append(t.slots, s)
	t.exact[c.Name] = s
	if t.folded != nil {
		fold := FoldColumn(t.platform, c.Name)
		t.folded[fold] = append(t.folded[fold], s)
	}
}

// byOrdinal sorts columns by the position that their origin has, which may start
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
	if len(edits) == 0 {
		return nil
	}
	out := map[*slot]columnEdits{}
	for i := range edits {
		e := &edits[i]
		if e.Column == "" {
			continue
		}
		s := t.exact[e.Column]
		if s == nil {
			same := t.byFold()[FoldColumn(t.platform, e.Column)]
			switch {
			case len(same) == 1:
				s = same[0]
			case len(same) == 0 && holds(edits, e):
				s = t.written(e.Column)
			default:
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

// holds reports whether the newest edit of a field and column sets something.
func holds(edits []Edit, of *Edit) bool {
	for _, e := range slices.Backward(edits) {
		if e.Field == of.Field && e.Column == of.Column {
			return !isBlank(e.Text) || len(e.Add) > 0
		}
	}
	return false
}

// written makes a column that nothing but an edit names.
func (t *columnTable) written(name string) *slot {
	s := &slot{name: name, state: slotAbsent}
	t.grow(1)
	t.slots = append(t.slots, s)
	t.exact[name] = s
	fold := FoldColumn(t.platform, name)
	t.byFold()[fold] = append(t.byFold()[fold], s)
	return s
}

// origin is where the column is known from, unless that is a manifest or the warehouse.
func (s *slot) origin() Origin {
	switch {
	case len(s.parts) == 0:
		return OriginUser
	case s.state == slotListed && !s.reported && s.stated:
		return OriginEvents
	case s.state == slotListed && !s.reported:
		return OriginSQL
	}
	return ""
}

func (s *slot) column(platform string, p Policy, list *Facet, e columnEdits) Column {
	slices.SortStableFunc(s.parts, func(a, b part) int { return cmp.Compare(a.order, b.order) })
	c := Column{
		Name: s.name, Present: s.state != slotAbsent,
		DocumentedOnly: list != nil && s.documented && s.state != slotListed, Origin: s.origin(),
	}
	c.Type, c.Nullable = s.typed(platform, list)
	var room [4]textSource
	texts := room[:0]
	var tags []string
	for _, q := range s.parts {
		texts = append(texts, textSource{facet: q.facet, text: q.column.Description, kept: q.column.Kept, withdrawn: q.withdrawn})
		if q.withdrawn || !q.column.Absent.IsZero() {
			continue
		}
		if p.ColumnTags.Takes(q.facet.Origin) {
			tags = append(tags, q.column.Tags...)
		}
		c.Meta = firstJSON(c.Meta, q.column.Meta)
		for _, k := range q.column.Constraints {
			if !slices.ContainsFunc(c.Constraints, k.equal) {
				c.Constraints = append(c.Constraints, k)
			}
		}
	}
	c.Description = effectiveText(texts, e.description, p.ColumnDescription)
	c.Tags = edited(tags, e.tags)
	return c
}

// typed returns the type and nullability of the list, else of the first facet that
// has them. Catalogs of some warehouses drop precision, length and element type: a
// crawl with the same kind of type takes precedence.
func (s *slot) typed(platform string, list *Facet) (best Type, nullable *bool) {
	consider := func(q *part) {
		if nullable == nil {
			nullable = q.column.Nullable
		}
		if best.Native == "" && q.column.NativeType != "" {
			var null bool
			if best, null = q.column.typed(platform); null && nullable == nil {
				nullable = &null
			}
		}
	}
	for i := range s.parts {
		if s.parts[i].facet == list {
			consider(&s.parts[i])
		}
	}
	for i := range s.parts {
		consider(&s.parts[i])
	}
	for i := range s.parts {
		if q := &s.parts[i]; q.facet.Source == FromCrawl && q.column.NativeType != "" {
			if crawled, _ := q.column.typed(platform); crawled.family() == best.family() {
				best = crawled
			}
			break
		}
	}
	return best, nullable
}

// typed reads the type of a column.
func (c *BodyColumn) typed(platform string) (t Type, nullable bool) {
	t, nullable = ParseType(platform, c.NativeType)
	if t.Canonical == other && c.BaseType != "" {
		t, nullable = ParseType(platform, c.BaseType)
		t.Native = c.NativeType
	}
	return t, nullable
}

func (k Constraint) equal(o Constraint) bool {
	return k.Type == o.Type && k.Name == o.Name && k.Expression == o.Expression && k.To == o.To &&
		slices.Equal(k.Columns, o.Columns) && slices.Equal(k.ToColumns, o.ToColumns)
}
