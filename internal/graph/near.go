package graph

import (
	"iter"
	"strings"

	"github.com/thalweg-data/thalweg/internal/near"
)

// Near returns values near the one of a term that means no node, at most most of them, as they are written in a
// selector.
func (t Term) Near(u Universe, most int) []string {
	word := strings.NewReplacer("*", "", "?", "").Replace(t.Value)
	m := &meter{u: u}
	return near.Shown(word, func(yield func(string, string) bool) {
		for name := range int32(u.Len()) {
			if m.take(8) {
				return
			}
			a := u.Attributes(name)
			if !isMember(a.ResourceType) {
				continue
			}
			for compared, shown := range t.candidates(a) {
				if !yield(compared, shown) {
					return
				}
			}
		}
	}, most)
}

// candidates are the values by which a term's method could have meant a node, or the nodes of another method if the
// method is the default one.
func (t Term) candidates(a Attributes) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		one := func(value string) bool { return value == "" || yield(value, value) }
		switch t.Method {
		case "fqn":
			a.names(t.Value, yield)
		case "tag":
			for _, tag := range a.Tags {
				if !one(tag) {
					return
				}
			}
		case "source":
			if a.ResourceType == "source" {
				_ = one(a.Source) && one(a.Source+"."+a.Name) && one(a.Package+"."+a.Source+"."+a.Name) && yield(a.Name, a.Source+"."+a.Name)
			}
		case "package":
			one(a.Package)
		case "group":
			one(a.Group)
		case "access":
			one(a.Access)
		case "test_name":
			one(a.Test)
		case "path":
			one(a.Path)
		case "file":
			one(a.Path[strings.LastIndexByte(a.Path, '/')+1:])
		case "exposure", "metric", "semantic_model", "saved_query", "unit_test":
			if a.ResourceType == t.Method {
				one(a.Name)
			}
		}
	}
}

// names are the ways to mean a node by its name: by its leaf, by a folder, or, where its name means nothing, by its
// source or a tag.
func (a Attributes) names(value string, yield func(string, string) bool) {
	if a.ResourceType == "test" || len(a.FQN) == 0 {
		return
	}
	if a.ResourceType == "source" {
		if !yield(a.Name, "source:"+a.Source+"."+a.Name) || !yield(a.Source, "source:"+a.Source) {
			return
		}
	} else {
		for _, part := range a.FQN {
			if !yield(part, part) {
				return
			}
		}
		if whole := strings.Join(a.FQN, "."); strings.Contains(value, ".") && !yield(whole, whole) {
			return
		}
	}
	for _, tag := range a.Tags {
		if !yield(tag, "tag:"+tag) {
			return
		}
	}
}
