package openlineage

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// kindsOf returns our kinds of the standard's transformations, as lineage.ParseKinds reads them. all is the type of all
// inputs of a column, in older events.
func kindsOf(list []EventTransformation, all string) (kinds string, masked bool) {
	var set resolve.KindSet
	for _, t := range list {
		set |= kindOf(t)
		masked = masked || t.Masking
	}
	if set == 0 && strings.EqualFold(all, "IDENTITY") {
		set = resolve.Identity
	}
	if strings.EqualFold(all, "MASKED") {
		masked = true
	}
	if set == 0 {
		set = resolve.Transform
	}
	return strings.Join(set.Names(), ","), masked
}

// kindOf returns our kind of a transformation: the first of its type.
func kindOf(t EventTransformation) resolve.KindSet {
	if strings.EqualFold(t.Type, "DIRECT") && strings.EqualFold(t.Subtype, "TRANSFORMATION") {
		return resolve.Transform // the most general of its kinds
	}
	for _, k := range kinds {
		if strings.EqualFold(t.Type, k.typ) && strings.EqualFold(t.Subtype, k.subtype) {
			return k.kind
		}
	}
	if strings.EqualFold(t.Type, "INDIRECT") {
		return resolve.Conditional
	}
	return resolve.Transform
}
