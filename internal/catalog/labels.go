package catalog

import "slices"

// unionOf is the sorted union of a set over facets, with what a person added
// and without what a person removed. Under the rule Never dbt's are not taken;
// Always and Smart do not differ for sets.
func unionOf(facets []*Facet, of func(*Body) []string, e *Edit, rule Rule) []string {
	var all []string
	for _, f := range facets {
		if rule.Takes(f.Origin) {
			all = append(all, of(&f.Body)...)
		}
	}
	return edited(all, e)
}

// edited applies a person's edit of a set and sorts it.
func edited(labels []string, e *Edit) []string {
	if e != nil {
		labels = slices.DeleteFunc(labels, func(s string) bool { return slices.Contains(e.Remove, s) })
		labels = append(labels, e.Add...)
	}
	return sortedSet(labels)
}

// sortedSet sorts a set, drops repeated and blank labels, and returns nil for
// an empty one. It may reuse the slice.
func sortedSet(labels []string) []string {
	labels = slices.DeleteFunc(labels, isBlank)
	if len(labels) == 0 {
		return nil
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}
