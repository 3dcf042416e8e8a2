package httpapi

import (
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// EditReply is the reply to an edit: the resource as readers see it, and warnings about what they do not see.
type EditReply[A any] struct {
	Data httpserver.Resource[A] `json:"data"`
	Meta *EditMeta              `json:"meta,omitempty"`
}

// EditMeta describes an edit.
type EditMeta struct {
	Warnings []httpserver.Warning `json:"warnings" nullable:"false"`
}

// notEffective collects warnings about edits that were stored and that readers do not see.
type notEffective struct {
	schema   catalog.Schema
	column   bool // the edits are of a column
	warnings []httpserver.Warning
}

func (n *notEffective) text(field string, edit Edited[string], effective Text, rule catalog.Rule) {
	if !edit.Set || edit.Null || edit.Value == "" || effective.Value != nil && *effective.Value == edit.Value {
		return
	}
	shown := "nothing"
	if effective.Origin != nil {
		shown = "the text of " + *effective.Origin
	}
	n.add(field, shown, rule)
}

func (n *notEffective) set(field string, edit Edited[[]string], effective []string, rule catalog.Rule) {
	if !edit.Set || edit.Null {
		return
	}
	if !sameLabels(edit.Value, effective) {
		n.add(field, fmt.Sprintf("%q", effective), rule)
	}
}

func (n *notEffective) add(field, shown string, rule catalog.Rule) {
	property := field
	if n.column {
		property = "column_" + field
	}
	n.warnings = append(n.warnings, httpserver.Warning{
		Code: catalog.WarningNotEffective, Field: field,
		Message: fmt.Sprintf("The edit is stored but readers see %s: the policy of %s for %s is %q. With \"smart\" edits by people take precedence (PATCH /api/v1/schemas/%s).",
			shown, n.schema.ID, property, ruleText(rule), n.schema.ID),
	})
}

func editReply[A any](r httpserver.Resource[A], n notEffective) (*httpserver.Changed[EditReply[A]], error) {
	out := EditReply[A]{Data: r}
	if len(n.warnings) > 0 {
		out.Meta = &EditMeta{n.warnings}
	}
	return httpserver.ReplyChanged(out, httpserver.DocumentOf(r))
}
