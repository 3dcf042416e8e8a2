package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/adopt"
)

// decide returns what becomes of each value.
func (t *adopted) decide(ctx context.Context, column string, doc *adoptable, from *adopt.Labeled) ([]decision, error) {
	var out []decision
	line := func(property string) adoptionLine {
		return adoptionLine{Asset: t.id, Name: t.name, Column: column, Property: property}
	}
	if from.Description != "" && t.takes("description") {
		d := decision{adoptionLine: line("description")}
		if err := t.text(ctx, &d, &doc.Attributes.Description, from.Description); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	var owners, tags []string
	if t.takes("owners") && column == "" {
		owners = from.Owners
	}
	if t.takes("tags") {
		tags = slices.Clone(from.Tags)
	}
	if t.takes("terms") {
		tags = append(tags, from.Terms...)
	}
	for _, list := range []struct {
		property      string
		current, want []string
	}{{"owners", doc.Attributes.Owners, owners}, {"tags", doc.Attributes.Tags, tags}} {
		decisions, err := t.labels(ctx, line(list.property), list.current, list.want)
		if err != nil {
			return nil, err
		}
		out = append(out, decisions...)
	}
	return out, nil
}

// text decides on a description. One that is there stays, and so does the blank of somebody who withdrew one.
func (t *adopted) text(ctx context.Context, d *decision, current *labeledText, want string) error {
	d.Value = want
	switch {
	case current.Own != nil && *current.Own == want, current.Own == nil && current.Value != nil && *current.Value == want:
		d.Outcome = unchanged
	case t.claimed[t.claim(d.Column)]:
		d.Outcome, d.Reason = kept, "an earlier record of the files has another text"
	case t.Overwrite:
		d.Outcome, d.body = set, want
	case current.Own != nil:
		d.Outcome, d.Reason = kept, "a person wrote another text"
	case current.Value != nil && strings.TrimSpace(*current.Value) != "":
		d.Outcome, d.Reason = kept, "there is a text"
		if current.Origin != nil {
			d.Reason = "there is a text of " + *current.Origin
		}
	default:
		return t.blank(ctx, d, want)
	}
	return nil
}

// claim is what a record of the files has the text of, so that another one does not replace it in the same run: the
// next run would replace it again.
func (t *adopted) claim(column string) string { return t.id + "." + column }

func (t *adopted) blank(ctx context.Context, d *decision, want string) error {
	edits, err := t.editsOf(ctx, "description", d.Column)
	if err != nil {
		return err
	}
	if len(edits) > 0 {
		d.Outcome, d.Reason = kept, "a person withdrew a text"
		return nil
	}
	d.Outcome, d.body = set, want
	return nil
}

// labels decides on owners or tags: those that are missing are added, except those that people removed.
func (t *adopted) labels(ctx context.Context, line adoptionLine, current, want []string) ([]decision, error) {
	if len(want) == 0 {
		return nil, nil
	}
	var add, removed []string
	for _, label := range want {
		if !slices.Contains(current, label) && !slices.Contains(add, label) {
			add = append(add, label)
		}
	}
	if len(add) > 0 && !t.Overwrite {
		edits, err := t.editsOf(ctx, line.Property, line.Column)
		if err != nil {
			return nil, err
		}
		add = slices.DeleteFunc(add, func(label string) bool {
			gone := slices.ContainsFunc(edits, func(e adoptedEdit) bool {
				return slices.Contains(e.Added, label) || slices.Contains(e.Removed, label)
			})
			if gone {
				removed = append(removed, label)
			}
			return gone
		})
	}
	var out []decision
	if len(removed) > 0 {
		d := decision{adoptionLine: line}
		d.Outcome, d.Labels, d.Reason = kept, removed, "people removed them"
		out = append(out, d)
	}
	d := decision{adoptionLine: line}
	switch {
	case len(add) > 0:
		d.Outcome, d.Labels, d.body = set, add, append(slices.Clone(current), add...)
	case len(removed) > 0:
		return out, nil
	default:
		d.Outcome = unchanged
	}
	return append(out, d), nil
}

// editsOf returns the edits of a property, newest first.
func (t *adopted) editsOf(ctx context.Context, property, column string) ([]adoptedEdit, error) {
	if !t.read {
		edits, err := t.history(ctx, t.id)
		if err != nil {
			return nil, fmt.Errorf("edits: %w", err)
		}
		t.edits, t.read = edits, true
	}
	var out []adoptedEdit
	for _, e := range t.edits {
		if of := e.Column; e.Property == property && (of == nil && column == "" || of != nil && *of == column) {
			out = append(out, e)
		}
	}
	return out, nil
}
