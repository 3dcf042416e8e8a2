package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/thalweg-data/thalweg/internal/adopt"
)

// asset takes over one asset.
func (a *adopter) asset(ctx context.Context, asset *adopt.Asset) error {
	if asset.Removed {
		a.tables.removed++
		return a.report(adoptionLine{Outcome: "removed", Name: asset.Name, Reason: "it is deleted in the other catalog"})
	}
	doc, err := a.find(ctx, asset)
	if p, ok := errors.AsType[*problem](err); ok && (isMissing(err) || p.Status == http.StatusConflict) {
		line := adoptionLine{Outcome: missing, Name: asset.Name, Reason: p.Detail}
		if p.Status == http.StatusConflict {
			a.tables.ambiguous++
			line.Outcome = "ambiguous"
		} else {
			a.tables.missing++
		}
		return a.report(line)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", asset.Name, err)
	}
	a.tables.found++
	doc.path = "/api/v1/assets/" + url.PathEscape(doc.ID)
	t := &adopted{adopter: a, id: doc.ID, name: asset.Name}
	for _, skip := range asset.Skipped {
		if !a.takes(skip.Property) && slices.Contains([]string{"owners", "tags", "terms"}, skip.Property) {
			continue
		}
		if err := a.report(adoptionLine{Outcome: skipped, Asset: doc.ID, Name: asset.Name, Column: skip.Column, Property: skip.Property, Value: skip.Value, Reason: skip.Reason}); err != nil {
			return err
		}
	}
	if err := t.apply(ctx, "", doc, &asset.Labeled); err != nil {
		return fmt.Errorf("%s: %w", asset.Name, err)
	}
	return t.columns(ctx, asset.Columns)
}

// adopted is an asset that is in the schema.
type adopted struct {
	*adopter
	id, name string
	edits    []adoptedEdit
	read     bool // the edits were read
}

// columns takes over the columns of an asset.
func (t *adopted) columns(ctx context.Context, columns []adopt.Column) error {
	columns = slices.DeleteFunc(columns, func(c adopt.Column) bool { return !t.wants(&c.Labeled) })
	if len(columns) == 0 {
		return nil
	}
	t.adopter.columns.all += len(columns)
	current, err := t.columnsOf(ctx, t.id)
	if err != nil {
		return fmt.Errorf("columns of %s: %w", t.name, err)
	}
	for _, c := range columns {
		if err := t.column(ctx, &c, current); err != nil {
			return fmt.Errorf("%s column %s: %w", t.name, c.Name, err)
		}
	}
	return nil
}

// column takes over a column, which the server finds if it has another case.
func (t *adopted) column(ctx context.Context, c *adopt.Column, current map[string]*adoptable) error {
	doc := current[c.Name]
	if doc == nil {
		found, err := t.adopter.read(ctx, columnPath(t.id, c.Name))
		if p, ok := errors.AsType[*problem](err); ok && isMissing(err) {
			return t.report(adoptionLine{Outcome: missing, Asset: t.id, Name: t.name, Column: c.Name, Reason: p.Detail})
		}
		if err != nil {
			return err
		}
		doc = found
	}
	t.adopter.columns.found++
	return t.apply(ctx, doc.Attributes.Name, doc, &c.Labeled)
}

// wants reports whether there is anything to take over.
func (t *adopted) wants(l *adopt.Labeled) bool {
	return l.Description != "" && t.takes("description") || len(l.Owners) > 0 && t.takes("owners") ||
		len(l.Tags) > 0 && t.takes("tags") || len(l.Terms) > 0 && t.takes("terms")
}

// decision is what becomes of a value.
type decision struct {
	adoptionLine
	body any // what a PATCH sets the property to
}

// apply takes over the values of an asset or a column. It is read and decided on again whenever somebody else changed
// it in between.
func (t *adopted) apply(ctx context.Context, column string, doc *adoptable, from *adopt.Labeled) error {
	for range 5 {
		decisions, err := t.decide(ctx, column, doc, from)
		if err != nil {
			return err
		}
		body := bodyOf(decisions)
		if len(body) == 0 || t.DryRun {
			return t.reportAll(decisions, nil)
		}
		if doc.etag == "" { // it is from a list
			if doc, err = t.adopter.read(ctx, doc.path); err != nil {
				return err
			}
			continue
		}
		_, warnings, err := t.patch(ctx, doc, body)
		p, isProblem := errors.AsType[*problem](err)
		switch {
		case err == nil:
			t.adopter.edits++
			return t.reportAll(decisions, warnings)
		case isProblem && p.Status == http.StatusPreconditionFailed:
			if doc, err = t.adopter.read(ctx, doc.path); err != nil {
				return err
			}
		case isProblem && isRefusal(p) && len(body) > 1:
			return t.each(ctx, column, doc, from)
		case isProblem && isRefusal(p):
			for i := range decisions {
				if decisions[i].body != nil {
					decisions[i].Outcome, decisions[i].Reason = refused, p.Detail
				}
			}
			return t.reportAll(decisions, nil)
		default:
			return err
		}
	}
	return errors.New("somebody else keeps changing it")
}

// isRefusal reports whether a server refuses a value, and not the one who sends it.
func isRefusal(p *problem) bool {
	return p.Status == http.StatusBadRequest || p.Status == http.StatusUnprocessableEntity || p.Status == http.StatusRequestEntityTooLarge
}

// each takes over one value at a time, because one of them is refused.
func (t *adopted) each(ctx context.Context, column string, doc *adoptable, from *adopt.Labeled) error {
	for _, one := range []adopt.Labeled{{Description: from.Description}, {Owners: from.Owners}, {Tags: from.Tags, Terms: from.Terms}} {
		if !t.wants(&one) {
			continue
		}
		if err := t.apply(ctx, column, doc, &one); err != nil {
			return err
		}
	}
	return nil
}

func bodyOf(decisions []decision) map[string]any {
	body := map[string]any{}
	for _, d := range decisions {
		if d.body != nil {
			body[d.Property] = d.body
		}
	}
	return body
}

// reportAll prints what became of the values. A value that the server warns about is stored, and not what readers see.
func (t *adopted) reportAll(decisions []decision, warnings []shownFieldWarning) error {
	for _, d := range decisions {
		if d.body != nil && t.DryRun {
			d.Outcome = wouldSet
		}
		for _, w := range warnings {
			if w.Field == d.Property && d.Outcome == set {
				d.Outcome, d.Reason = hidden, w.Message
			}
		}
		if t.Overwrite && d.Property == "description" && d.Outcome != kept && d.Outcome != refused {
			t.claimed[t.claim(d.Column)] = true
		}
		if err := t.report(d.adoptionLine); err != nil {
			return err
		}
	}
	return nil
}
