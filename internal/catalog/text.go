package catalog

import "strings"

// voice is one facet's text about an asset or a column.
type voice struct {
	facet *Facet
	text  string
	kept  *Kept
	past  bool // the facet is withdrawn, while another says that the asset exists
}

// said is a voice's text that is not blank.
type said struct {
	Said
	brought, since Cause
}

// hear gives the text that a voice says or, where it is blank now, said last.
func (v voice) hear() (said, bool) {
	s := said{Said: Said{Origin: v.facet.Origin}}
	switch {
	case !isBlank(v.text):
		s.Value, s.brought = v.text, v.facet.Cause
	case v.kept != nil && !isBlank(v.kept.Value):
		s.Value, s.brought, s.since = v.kept.Value, v.kept.Cause, v.kept.Since
	default:
		return said{}, false
	}
	if v.past && s.since.IsZero() {
		s.since = v.facet.Withdrawn.Cause
	}
	return s, true
}

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

// effectiveText picks what shows. Among the voices, given by rank, the first
// that says or once said something wins: blank never overwrites. Against a
// person's text that is still there (own, "" = withdrawn):
//
//	always (and "")  what dbt says now wins, else the person's, else what was said last
//	smart            the person's wins
//	never            the person's wins, and dbt's is not taken even without one
//
// What does not show and differs from what shows is hidden, not lost.
func effectiveText(voices []voice, own *Edit, rule Rule) Text {
	var t Text
	var heard []said
	for _, v := range voices {
		if s, ok := v.hear(); ok {
			heard = append(heard, s)
		}
	}
	winner := -1
	for i, s := range heard {
		if rule != Never || !isDBT(s.Origin) {
			winner = i
			break
		}
	}
	if own != nil && !isBlank(own.Text) {
		t.Own = &own.Text
		if !outranksOwn(heard, winner, rule) {
			winner = -1
			t.Value, t.Origin, t.By = own.Text, OriginUser, own.By
		}
	}
	if winner >= 0 {
		s := heard[winner]
		t.Value, t.Origin, t.Cause, t.Since = s.Value, s.Origin, s.brought, s.since
	}
	t.Hidden = hidden(heard, t.Value)
	return t
}

// outranksOwn tells whether what is heard goes before a person's text.
func outranksOwn(heard []said, winner int, rule Rule) bool {
	if winner < 0 || rule == Smart || rule == Never {
		return false
	}
	return heard[winner].since.IsZero() && isDBT(heard[winner].Origin)
}

func hidden(heard []said, shown string) []Said {
	var out []Said
	for _, s := range heard {
		if s.Value != shown && !containsSaid(out, s.Said) {
			out = append(out, s.Said)
		}
	}
	return out
}

func containsSaid(list []Said, s Said) bool {
	for _, o := range list {
		if o == s {
			return true
		}
	}
	return false
}
