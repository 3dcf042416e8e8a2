package httpserver

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
	"github.com/go-json-experiment/json"

	"github.com/thalweg-data/thalweg/internal/near"
)

// Messages of the library that have a name or values in them.
var (
	missingBefore, missingAfter, _ = strings.Cut(validation.MsgExpectedRequiredProperty, "%s")
	oneOfBefore, oneOfAfter, _     = strings.Cut(validation.MsgExpectedOneOf, "%s")
)

// problemOfFields lists every invalid field; the first one decides the code.
func problemOfFields(e *huma.ErrorModel, fields bodyFields) *Problem {
	var p *Problem
	for _, d := range e.Errors {
		place, path, _ := strings.Cut(d.Location, ".")
		f := fields.describe(place, path, d)
		if p == nil {
			p = NewProblem(fieldCode(place, d.Message), "%s: %s", f.Field, ended(f.Detail))
			p.Field = f.Field
		}
		p.Errors = append(p.Errors, f)
	}
	if p == nil {
		p = NewProblem(CodeInvalidField, "%s.", e.Detail)
	}
	return p
}

func fieldCode(place, message string) Code {
	if place != "body" {
		return CodeInvalidParameter
	}
	switch message {
	case validation.MsgUnexpectedProperty:
		return CodeUnknownField
	case validation.MsgExpectedString, validation.MsgExpectedBoolean, validation.MsgExpectedNumber,
		validation.MsgExpectedInteger, validation.MsgExpectedArray, validation.MsgExpectedObject:
		return CodeMalformedJSON
	}
	switch {
	case strings.HasPrefix(message, missingBefore):
		return CodeMissingField
	case strings.Contains(message, json.ErrUnknownName.Error()):
		return CodeUnknownField
	}
	return CodeInvalidField
}

// bodyFields knows the fields of the body of an operation.
type bodyFields struct {
	schemas   huma.Registry
	operation *huma.Operation
}

// describe returns the field that an error of the library is about, and what is wrong in the words of other replies.
func (b bodyFields) describe(place, path string, d *huma.ErrorDetail) FieldError {
	f := FieldError{Field: path, Detail: d.Message}
	if path == "" {
		f.Field = place
	}
	if name, ok := between(d.Message, missingBefore, missingAfter); ok && place == "body" {
		return FieldError{Field: strings.TrimPrefix(path+"."+name, "."), Detail: "required field is missing"}
	}
	if d.Message == validation.MsgUnexpectedProperty && place == "body" {
		parent, name := "", path
		if n := strings.LastIndexByte(path, '.'); n >= 0 {
			parent, name = path[:n], path[n+1:]
		}
		if known := b.names(parent); len(known) > 0 {
			f.Detail = "unknown field; " + near.Choice(name, known)
		}
		return f
	}
	values, ok := between(d.Message, oneOfBefore, oneOfAfter)
	if value, isText := d.Value.(string); ok && isText {
		f.Detail = fmt.Sprintf("%q is not a value of it; %s", shortened(value), near.Choice(value, strings.Split(values, ", ")))
	}
	return f
}

func between(text, before, after string) (string, bool) {
	text, ok := strings.CutPrefix(text, before)
	if !ok {
		return "", false
	}
	return strings.CutSuffix(text, after)
}

// names returns the names of the fields at a path of the body, such as policy or targets[0]; nil if they are not known.
func (b bodyFields) names(path string) []string {
	if b.operation == nil || b.operation.RequestBody == nil || b.operation.RequestBody.Content["application/json"] == nil {
		return nil
	}
	s := b.resolved(b.operation.RequestBody.Content["application/json"].Schema)
	for step := range strings.SplitSeq(path, ".") {
		if s == nil || step == "" {
			break
		}
		name, _, element := strings.Cut(step, "[")
		if s = b.resolved(s.Properties[name]); element && s != nil {
			s = b.resolved(s.Items)
		}
	}
	if s == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(s.Properties))
}

// resolved follows a reference, also of a schema that may be null instead.
func (b bodyFields) resolved(s *huma.Schema) *huma.Schema {
	if s == nil {
		return nil
	}
	for _, one := range slices.Concat(s.AnyOf, s.OneOf) {
		if one.Ref != "" {
			s = one
			break
		}
	}
	if s.Ref != "" {
		return b.schemas.SchemaFromRef(s.Ref)
	}
	return s
}
