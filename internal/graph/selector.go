package graph

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// ErrSelector is wrapped by every error about the text of a selector.
var ErrSelector = errors.New("selector is not valid")

// ErrStopped means that a Universe stopped an evaluation.
var ErrStopped = errors.New("the evaluation was stopped")

// Bounds of a selector. Each term is compared with all names.
const (
	MaxTerms = 64
	MaxValue = 512 // bytes of one value
)

// LimitError means that a selector is beyond a bound. It is an ErrSelector.
type LimitError struct {
	What string // what there is too much of, in the plural
	Most int
}

func (e *LimitError) Error() string { return fmt.Sprintf("at most %d %s", e.Most, e.What) }

// Unwrap makes it an ErrSelector.
func (e *LimitError) Unwrap() error { return ErrSelector }

// Selector is a parsed dbt selector: the union of intersections of terms.
//
//	orders        nodes of that name
//	marts, shop.marts.*   nodes by their fully qualified name: a folder, a package, a pattern
//	tag:nightly   nodes by a method
//	+orders       and all that they are made from; 2+orders: two levels of it
//	orders+       and all that is made from them; orders+1: one level of it
//	@orders       and all descendants, and the ancestors of all of them
//	a b           union
//	a,b           intersection
//
// Methods: fqn (a name, the default), path (the default with a slash), file (the default with .sql, .py or .csv),
// tag, source, package, config.KEY, resource_type, exposure, metric, semantic_model, saved_query, unit_test, group,
// access, version, test_name, test_type, state. Names may hold *, ? and [abc]. As in dbt, a name never means a source,
// and the tests of what is selected are selected with it.
type Selector struct {
	union []part
}

// part is a part of a selector between spaces: terms that must all be met.
type part struct {
	text  string
	terms []term
}

// term is one name or method with its operators. A depth of 0 is none, NoLimit is all.
type term struct {
	method   string
	argument string // config.ARGUMENT:
	value    string
	parents  int
	children int
	family   bool // @
}

func (t term) named() Term {
	method := t.method
	if t.argument != "" {
		method += "." + t.argument
	}
	return Term{Method: method, Value: t.value}
}

// Terms returns the number of terms, of which none is there twice.
func (s Selector) Terms() int {
	n := 0
	for _, p := range s.union {
		n += len(p.terms)
	}
	return n
}

// Steps returns about how many steps it takes to look whether the selector means one node: a pattern is compared
// letter by letter, that of a path folder by folder.
func (s Selector) Steps() int {
	steps := 0
	for _, p := range s.union {
		for _, t := range p.terms {
			steps += t.steps()
		}
	}
	return steps
}

func (t term) steps() int {
	steps := 2 + len(t.value)/8
	if isPattern(t.value) {
		steps += 4 + len(t.value)/2
	}
	if t.method == "path" {
		steps += 8 * (1 + strings.Count(t.value, "/"))
	}
	if t.method == "config" {
		steps += 6 // to find the setting
	}
	return steps
}

// NeedsConfig reports whether the selector asks for configuration, other than how nodes are materialized.
func (s Selector) NeedsConfig() bool {
	return slices.ContainsFunc(s.union, func(p part) bool {
		return slices.ContainsFunc(p.terms, func(t term) bool { return t.method == "config" && t.argument != "materialized" })
	})
}

// NeedsTests reports whether it matters to the selector that data tests are nodes of the graph: where it asks for what
// tests are made from, by their own names or because they are downstream of something else. u has no tests.
func (s Selector) NeedsTests(u Universe) bool {
	m := &meter{u: u}
	for _, p := range s.union {
		if slices.ContainsFunc(p.terms, func(t term) bool { return t.needsTests(m) }) {
			return true
		}
	}
	return false
}

func (t term) needsTests(m *meter) bool {
	switch t.method {
	case "test_name", "test_type":
		return true
	case "resource_type":
		return t.family || t.value == "test"
	case "access", "exposure", "metric", "saved_query", "semantic_model", "source", "unit_test", "version":
		return t.family
	case "fqn":
		return t.family || t.parents != 0 && !t.namesOnly(m)
	}
	return t.family || t.parents != 0
}

// namesOnly reports whether a name is that of a node and of no folder, so that no test has it.
func (t term) namesOnly(m *meter) bool {
	if isPattern(t.value) {
		return false
	}
	u, steps := m.u, t.steps()
	found := false
	for name := range t.names(u) {
		if m.take(steps) {
			return false // the evaluation stops likewise
		}
		a := u.Attributes(name)
		if !isMember(a.ResourceType) || !matchName(t.value, a) {
			continue
		}
		leaf := a.FQN[len(a.FQN)-1]
		if a.Version != "" && len(a.FQN) > 1 {
			leaf = a.FQN[len(a.FQN)-2]
		}
		if found = t.value == leaf; !found {
			return false
		}
	}
	return found
}

// ParseSelector reads a selector. An error wraps ErrSelector and quotes the term that is wrong; it is a LimitError if
// there is too much of something. Repetitions are dropped.
func ParseSelector(text string) (Selector, error) {
	var s Selector
	parts := map[string]bool{}
	for field := range strings.FieldsSeq(text) {
		if parts[field] {
			continue
		}
		parts[field] = true
		p := part{text: field}
		terms := map[string]bool{}
		for text := range strings.SplitSeq(field, ",") {
			if terms[text] {
				continue
			}
			terms[text] = true
			t, err := parseTerm(text)
			if err != nil {
				return Selector{}, fmt.Errorf("%w: %q: %w", ErrSelector, field, err)
			}
			p.terms = append(p.terms, t)
		}
		s.union = append(s.union, p)
		if s.Terms() > MaxTerms {
			return Selector{}, &LimitError{"terms", MaxTerms}
		}
	}
	if len(s.union) == 0 {
		return Selector{}, fmt.Errorf("%w: it is empty", ErrSelector)
	}
	return s, nil
}

func parseTerm(text string) (t term, err error) {
	rest, family := strings.CutPrefix(text, "@")
	t.family = family
	if digits, after, ok := strings.Cut(rest, "+"); ok && isDigits(digits) {
		if t.parents, err = depth(digits); err != nil {
			return t, err
		}
		rest = after
	}
	if at := strings.LastIndexByte(rest, '+'); at >= 0 && isDigits(rest[at+1:]) {
		if t.children, err = depth(rest[at+1:]); err != nil {
			return t, err
		}
		rest = rest[:at]
		if t.family {
			return t, errors.New("a leading @ cannot be combined with a trailing +")
		}
	}
	t.method, t.argument, t.value = splitMethod(rest)
	if t.value == "" {
		return t, errors.New("it names nothing")
	}
	if len(t.value) > MaxValue {
		return t, &LimitError{"bytes of a name or pattern", MaxValue}
	}
	return t, t.check()
}

// depth reads the number at a +; without one it is all.
func depth(digits string) (int, error) {
	if digits == "" {
		return NoLimit, nil
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n > math.MaxInt32 {
		return 0, fmt.Errorf("%s is too many levels", digits)
	}
	return n, nil
}

func isDigits(text string) bool { return strings.Trim(text, "0123456789") == "" }

// splitMethod divides METHOD.ARGUMENT:VALUE and chooses the method where none is named.
func splitMethod(text string) (method, argument, value string) {
	if name, value, ok := strings.Cut(text, ":"); ok && isMethod(name) {
		method, argument, _ := strings.Cut(name, ".")
		return method, argument, value
	}
	lower := strings.ToLower(text)
	switch {
	case strings.ContainsAny(text, `/\`):
		return "path", "", text
	case strings.HasSuffix(lower, ".sql"), strings.HasSuffix(lower, ".py"), strings.HasSuffix(lower, ".csv"):
		return "file", "", text
	}
	return "fqn", "", text
}

func isMethod(text string) bool {
	for _, r := range text {
		if r != '_' && r != '.' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return text != ""
}
