package graph

import (
	"iter"
	"strings"
)

// Names finds what a name may mean without comparing it with all names of a universe. It never changes.
type Names struct {
	first     map[string][]int32 // by what is in front of the first dot of any text that a name is found by
	versioned []int32            // also found by the last parts of a text
}

// Named is a Universe that has an index of its names.
type Named interface {
	Universe

	// Names returns the index; nil if it would not have all names.
	Names() *Names
}

// NewNames indexes names that have attributes.
func NewNames(u interface {
	Len() int
	Attributes(name int32) Attributes
},
) *Names {
	x := &Names{first: map[string][]int32{}}
	for name := range int32(u.Len()) {
		a := u.Attributes(name)
		if isMember(a.ResourceType) && a.ResourceType != "source" && len(a.FQN) > 0 {
			x.add(name, a)
		}
	}
	return x
}

// add indexes the beginnings of what matchName compares.
func (x *Names) add(name int32, a Attributes) {
	n := len(a.FQN)
	x.put(a.FQN[0], name)
	x.put(a.FQN[min(1, n-1)], name)
	x.put(a.FQN[n-1], name)
	if a.Version == "" {
		return
	}
	x.versioned = append(x.versioned, name)
	if n > 1 {
		x.put(a.FQN[n-2], name)
		x.put(a.FQN[n-2]+"_"+a.FQN[n-1], name)
	}
}

// put adds a name once.
func (x *Names) put(text string, name int32) {
	key, _, _ := strings.Cut(text, ".")
	if list := x.first[key]; len(list) == 0 || list[len(list)-1] != name {
		x.first[key] = append(list, name)
	}
}

// like returns the names that a value without a pattern may mean, and others; some twice.
func (x *Names) like(value string) iter.Seq[int32] {
	key, _, dotted := strings.Cut(value, ".")
	return func(yield func(int32) bool) {
		for _, name := range x.first[key] {
			if !yield(name) {
				return
			}
		}
		if !dotted {
			return
		}
		for _, name := range x.versioned {
			if !yield(name) {
				return
			}
		}
	}
}

// names returns the names that a term may mean, and others; some twice.
func (t term) names(u Universe) iter.Seq[int32] {
	if named, ok := u.(Named); ok && t.method == "fqn" && !isPattern(t.value) {
		if x := named.Names(); x != nil {
			return x.like(t.value)
		}
	}
	return func(yield func(int32) bool) {
		for name := range int32(u.Len()) {
			if !yield(name) {
				return
			}
		}
	}
}
