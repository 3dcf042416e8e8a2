package catalog

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// Merge returns the asset that its facets describe, with its columns in order. The
// order of facets does not matter and a facet that is passed twice counts once.
// Everything follows from the facets and the policy alone; the times and the version
// are left to the store.
//
//   - The leading dbt node (model before snapshot before seed before source before a
//     mere reference) decides kind, name, dbt's own description, materialization, config
//     and code.
//   - Texts rank manifest, catalog comment, crawl comment; see Text and Policy.
//   - Owners and tags are unions, less what a person removed.
//   - A withdrawn facet counts for texts that no other facet has, and for nothing
//     else while another one reports the asset. When none does, those that were
//     withdrawn last remain as the content of the removed asset.
func Merge(id AssetID, facets []Facet, p Policy) (Asset, []Column) {
	s := sortFacets(facets)
	a := Asset{ID: id, Present: s.present, RemovedBy: s.removedBy.Cause}
	s.lead(&a)
	s.relation(&a)
	s.content(&a)
	a.Description = effectiveText(s.texts(), s.edit("description", ""), p.Description)
	a.Owners = unionOf(s.live, func(b *Body) []string { return b.Owners }, s.edit("owners", ""), p.Owners)
	a.Tags = unionOf(s.live, func(b *Body) []string { return b.Tags }, s.edit("tags", ""), p.Tags)
	columns, listed := s.columns(a.Relation.Platform, p)
	a.Listed = listed
	for _, c := range columns {
		if c.Present {
			a.ColumnCount++
		}
	}
	return a, columns
}

// sortedFacets are the facets of one asset, by rank.
type sortedFacets struct {
	live      []*Facet // manifests, catalogs, crawls; each by rank
	withdrawn []*Facet // the last one first; used for texts and columns only
	edits     []Edit   // oldest first
	code      *Facet   // the columns that the table's own code makes; nil without
	present   bool
	removedBy Withdrawal
}

// rank is the position of a source in the order of texts.
func (s Source) rank() int {
	switch s {
	case FromManifest:
		return 0
	case FromCatalog:
		return 1
	}
	return 2
}

func sortFacets(facets []Facet) *sortedFacets {
	sorted := distinctFacets(facets)
	kinds := map[nodeKey]*Facet{} // manifests by node
	for _, f := range sorted {
		if f.Source == FromManifest {
			kinds[nodeKey{f.Origin, f.UniqueID}] = f
		}
	}
	gone := func(f *Facet) *Withdrawal {
		// A catalog entry describes a table; only the manifest shows that dbt still has it.
		if m := kinds[nodeKey{f.Origin, f.UniqueID}]; m != nil && !m.Withdrawn.IsZero() {
			return &m.Withdrawn
		}
		return &f.Withdrawn
	}
	s := &sortedFacets{}
	var last Withdrawal
	for _, f := range sorted {
		switch {
		case f.Source == FromUser:
			if f.Withdrawn.IsZero() {
				s.edits = append(s.edits, f.Body.Edits...)
			}
		case f.Source == FromSQL:
			s.code = f
		case gone(f).IsZero():
			s.live = append(s.live, f)
		default:
			s.withdrawn = append(s.withdrawn, f)
			if g := gone(f); last.IsZero() || g.At.After(last.At) {
				last = *g
			}
		}
	}
	s.present = len(s.live) > 0
	if !s.present {
		s.removedBy = last
		s.live, s.withdrawn = splitFacets(s.withdrawn, func(f *Facet) bool { return gone(f).At.Equal(last.At) })
	}
	rank := func(f *Facet) int {
		m := cmp.Or(kinds[nodeKey{f.Origin, f.UniqueID}], f)
		if m.isExternal() {
			return referenceRank
		}
		return m.Body.Kind.rank()
	}
	slices.SortStableFunc(s.live, func(a, b *Facet) int {
		return cmp.Or(cmp.Compare(a.Source.rank(), b.Source.rank()), cmp.Compare(rank(a), rank(b)))
	})
	slices.SortStableFunc(s.withdrawn, func(a, b *Facet) int {
		return cmp.Or(gone(b).At.Compare(gone(a).At), cmp.Compare(a.Source.rank(), b.Source.rank()), cmp.Compare(rank(a), rank(b)))
	})
	slices.SortStableFunc(s.edits, func(a, b Edit) int { return a.At.Compare(b.At) })
	return s
}

// distinctFacets sorts facets by what they are and keeps the newest report
// of each. Those of people are all kept.
func distinctFacets(facets []Facet) []*Facet {
	out := make([]*Facet, len(facets))
	for i := range facets {
		out[i] = &facets[i]
	}
	slices.SortFunc(out, func(a, b *Facet) int {
		return cmp.Or(compareFacetKeys(a, b), compareReports(b, a), a.Withdrawn.At.Compare(b.Withdrawn.At),
			a.Withdrawn.Cause.compare(b.Withdrawn.Cause), a.Cause.compare(b.Cause))
	})
	return slices.CompactFunc(out, func(a, b *Facet) bool {
		return compareFacetKeys(a, b) == 0 && (a.Source != FromUser || a.Hash == b.Hash)
	})
}

// compareReports orders two facets by the time of their reports. Equal times are
// decided by the report's own tie-breaker, then by what the facets hold, so that
// the order of arrival never matters.
func compareReports(a, b *Facet) int {
	return cmp.Or(a.At.Compare(b.At), bytes.Compare(a.Tie[:], b.Tie[:]), bytes.Compare(a.Hash[:], b.Hash[:]))
}

func compareFacetKeys(a, b *Facet) int {
	return cmp.Or(cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Source, b.Source), cmp.Compare(a.UniqueID, b.UniqueID))
}

// isExternal reports whether a project only refers to the node of another one.
func (f *Facet) isExternal() bool { return f.Body.DBT != nil && f.Body.DBT.External }

func splitFacets(facets []*Facet, in func(*Facet) bool) (yes, no []*Facet) {
	for _, f := range facets {
		if in(f) {
			yes = append(yes, f)
		} else {
			no = append(no, f)
		}
	}
	return yes, no
}

// edit returns the newest edit of a field; nil without one.
func (s *sortedFacets) edit(field, column string) *Edit {
	for i := len(s.edits) - 1; i >= 0; i-- {
		if e := &s.edits[i]; e.Field == field && e.Column == column {
			return e
		}
	}
	return nil
}

// leading returns the facet that names the asset: the first manifest, else the
// crawl before the catalog, because it reports what the warehouse has.
func (s *sortedFacets) leading() *Facet {
	var lead *Facet
	for _, f := range s.live {
		switch f.Source {
		case FromManifest:
			return f
		case FromCrawl:
			if lead == nil || lead.Source != FromCrawl {
				lead = f
			}
		case FromCatalog, FromEvents:
			if lead == nil {
				lead = f
			}
		}
	}
	return lead
}

func (s *sortedFacets) lead(a *Asset) {
	f := s.leading()
	if f == nil {
		return
	}
	b := &f.Body
	a.Kind, a.Name = b.Kind, b.Name
	if a.Kind == "" {
		a.Kind = KindOfNode(f.UniqueID, KindTable)
	}
	if a.Name == "" {
		a.Name = b.Relation.Identifier
	}
	a.Code = b.Code
	if f.Source == FromManifest {
		a.DBT, a.Config = b.DBT, b.Config
	}
	if a.Code == nil && (a.Kind == KindSource || f.Source.ByRelation()) {
		a.Code = s.foundCode() // of what another program makes
	}
	for _, other := range s.live {
		if other != f && other.Source == FromManifest && other.Body.DBT != nil {
			a.Others = append(a.Others, OtherNodeOf(other))
		}
	}
	external := map[nodeKey]bool{} // a catalog that lists the table of another project's node does not make it its own
	for _, f := range s.live {
		if f.isExternal() {
			external[nodeKey{f.Origin, f.UniqueID}] = true
		}
	}
	for _, f := range s.live {
		if f.Source.ByRelation() || f.UniqueID == "" {
			continue
		}
		if a.Project == 0 && !external[nodeKey{f.Origin, f.UniqueID}] {
			a.Project = f.Project
		}
		a.Nodes = append(a.Nodes, NodeRef{Project: f.Project, UniqueID: f.UniqueID})
	}
	slices.SortFunc(a.Nodes, func(a, b NodeRef) int {
		return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.UniqueID, b.UniqueID))
	})
	a.Nodes = slices.Compact(a.Nodes)
}

// OtherNodeOf returns what finds an asset by a node that is not the leading one.
func OtherNodeOf(f *Facet) OtherNode {
	d := f.Body.DBT
	return OtherNode{
		NodeRef: NodeRef{Project: f.Project, UniqueID: f.UniqueID}, Kind: f.Body.Kind, Name: f.Body.Name,
		Package: d.PackageName, FQN: FQNOf(d, f.Body.Name), Path: d.OriginalFilePath, PatchPath: d.PatchPath, SourceName: d.SourceName,
		Group: d.Group, Access: d.Access, Version: d.Version, LatestVersion: d.LatestVersion,
	}
}

// foundCode is the query that a warehouse has of the table, else what the events of jobs state in place of one; nil
// without either.
func (s *sortedFacets) foundCode() *Code {
	for _, source := range []Source{FromCrawl, FromEvents} {
		for _, f := range s.live {
			if f.Source == source && f.Body.Code != nil {
				return f.Body.Code
			}
		}
	}
	return nil
}

// relation is that of the leading facet, in the warehouse's own spelling where a
// crawl or the catalog names the same relation. A catalog that was made for
// another target names another one and is ignored.
func (s *sortedFacets) relation(a *Asset) {
	f := s.leading()
	if f == nil {
		return
	}
	r := f.Body.Relation
	if r.Identifier == "" {
		for _, other := range s.live {
			if r = other.Body.Relation; r.Identifier != "" {
				break
			}
		}
	}
	for i := len(s.live) - 1; i >= 0; i-- {
		if f := s.live[i]; f.Source != FromManifest && f.Source != FromEvents {
			if spelled, same := respell(r, f.Body.Relation); same {
				r = spelled
				break
			}
		}
	}
	a.Relation = r
	if f.Source != FromManifest || hasRelation(f.Body) {
		a.RelationKey = s.relationKey(r)
	}
}

// relationKey fills in a missing database from another facet of the asset.
func (s *sortedFacets) relationKey(r Relation) string {
	key := r.Key()
	if r.Database != "" || key == "" {
		return key
	}
	for _, f := range s.live {
		if k := f.Body.Relation.Key(); f.Body.Relation.Database != "" {
			if _, bare := cutKey(k); bare == r.BareKey() {
				return k
			}
		}
	}
	return key
}

// respell returns a relation in the spelling of the warehouse, if that names the
// same one.
func respell(r, spelling Relation) (Relation, bool) {
	s := WarehouseRelation(r.Platform, spelling.Database, spelling.Schema, spelling.Identifier)
	if s.Identifier == "" || s.BareKey() != r.BareKey() {
		return r, false
	}
	if r.Database != "" && s.Database != "" && s.Key() != r.Key() {
		return r, false
	}
	if s.Database == "" {
		s.Database, s.QuotedDatabase = r.Database, r.QuotedDatabase
	}
	s.Text = r.Text
	return s, true
}

// content fills what only the rank decides.
func (s *sortedFacets) content(a *Asset) {
	for _, f := range s.live {
		b := &f.Body
		if a.Materialized == "" {
			a.Materialized = b.Materialized
		}
		a.Meta = firstJSON(a.Meta, b.Meta)
		a.Extra = withMembers(a.Extra, b.Extra)
		for name, stat := range b.Stats {
			if a.Stats == nil {
				a.Stats = make(map[string]Stat, len(b.Stats))
			}
			if _, ok := a.Stats[name]; !ok {
				a.Stats[name] = stat
			}
		}
	}
}

func firstJSON(a, b json.RawMessage) json.RawMessage {
	if len(a) == 0 || string(a) == "{}" || string(a) == "null" {
		if len(b) > 0 {
			return b
		}
	}
	return a
}

// withMembers adds to an object those members of another one that it does not have: a model and the source that
// stands for its table each have their own.
func withMembers(object, more json.RawMessage) json.RawMessage {
	if len(object) == 0 {
		return more
	}
	if len(more) == 0 || bytes.Equal(object, more) {
		return object
	}
	var members, others map[string]json.RawMessage
	if json.Unmarshal(object, &members) != nil || json.Unmarshal(more, &others) != nil || members == nil {
		return object
	}
	for name, value := range others {
		if _, ok := members[name]; !ok {
			members[name] = value
		}
	}
	joined, err := json.Marshal(members)
	if err != nil { // cannot happen: both are JSON
		return object
	}
	return joined
}

// texts returns the sources of the asset's description, by rank.
func (s *sortedFacets) texts() []textSource {
	out := make([]textSource, 0, len(s.live)+len(s.withdrawn))
	for _, f := range s.live {
		out = append(out, textSource{facet: f, text: f.Body.Description, kept: f.Body.Kept})
	}
	for _, f := range s.withdrawn {
		out = append(out, textSource{facet: f, text: f.Body.Description, kept: f.Body.Kept, withdrawn: true})
	}
	return out
}

func isDBT(o Origin) bool { return strings.HasPrefix(string(o), "dbt:") }
