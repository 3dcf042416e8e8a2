package catalog

import (
	"slices"
	"strings"
)

// textSource is one facet as a source of a text about an asset or a column.
type textSource struct {
	facet     *Facet
	text      string
	kept      *Kept
	withdrawn bool // while another facet reports the asset
}

// candidate is a text that is not blank, with its provenance.
type candidate struct {
	HiddenText
	brought, since Cause
}

// candidate returns the text of a source or, where that is blank now, the last
// one that it had; false without any.
func (t textSource) candidate() (candidate, bool) {
	c := candidate{HiddenText: HiddenText{Origin: t.facet.Origin}}
	switch {
	case !isBlank(t.text):
		c.Value, c.brought = t.text, t.facet.Cause
	case t.kept != nil && !isBlank(t.kept.Value):
		c.Value, c.brought, c.since = t.kept.Value, t.kept.Cause, t.kept.Since
	default:
		return candidate{}, false
	}
	if t.withdrawn && c.since.IsZero() {
		c.since = t.facet.Withdrawn.Cause
	}
	return c, true
}

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

// effectiveText picks the effective text. Among the sources, in the order of
// their rank, the first that has or once had a text wins: blank never overwrites.
// Against a person's text (own; "" withdraws it) the rule decides:
//
//	always (and "")  a text that dbt has now wins, else the person's, else the last one
//	smart            the person's wins
//	never            the person's wins, and dbt's is not taken even without one
//
// A text that is not effective and differs from the effective one is hidden, not
// lost.
func effectiveText(sources []textSource, own *Edit, rule Rule) Text {
	var t Text
	var candidates []candidate
	for _, s := range sources {
		if c, ok := s.candidate(); ok {
			candidates = append(candidates, c)
		}
	}
	winner := -1
	for i, c := range candidates {
		if rule.Takes(c.Origin) {
			winner = i
			break
		}
	}
	if own != nil && !isBlank(own.Text) {
		t.Own = &own.Text
		if !outranksOwn(candidates, winner, rule) {
			winner = -1
			t.Value, t.Origin, t.By = own.Text, OriginUser, own.By
		}
	}
	if winner >= 0 {
		c := candidates[winner]
		t.Value, t.Origin, t.Cause, t.Since = c.Value, c.Origin, c.brought, c.since
	}
	t.Hidden = hiddenTexts(candidates, t.Value)
	return t
}

// outranksOwn reports whether the winner among the candidates takes precedence
// over a person's text.
func outranksOwn(candidates []candidate, winner int, rule Rule) bool {
	if winner < 0 || rule == Smart || rule == Never {
		return false
	}
	return candidates[winner].since.IsZero() && isDBT(candidates[winner].Origin)
}

func hiddenTexts(candidates []candidate, shown string) []HiddenText {
	var out []HiddenText
	for _, c := range candidates {
		if c.Value != shown && !slices.Contains(out, c.HiddenText) {
			out = append(out, c.HiddenText)
		}
	}
	return out
}
