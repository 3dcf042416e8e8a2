package graph

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// matcher reports whether a node is meant by a term's value.
type matcher func(t term, u Universe, id int32) (bool, error)

// byAttributes makes a matcher of a plain comparison.
func byAttributes(match func(value string, a Attributes) bool) matcher {
	return func(t term, u Universe, id int32) (bool, error) { return match(t.value, u.Attributes(id)), nil }
}

var methods = map[string]matcher{
	"fqn":            byAttributes(matchName),
	"path":           byAttributes(matchPath),
	"file":           byAttributes(matchFile),
	"tag":            byAttributes(matchTag),
	"source":         byAttributes(matchSource),
	"package":        byAttributes(func(value string, a Attributes) bool { return glob(value, a.Package) }),
	"group":          byAttributes(func(value string, a Attributes) bool { return a.Group != "" && glob(value, a.Group) }),
	"access":         byAttributes(func(value string, a Attributes) bool { return a.Access == value }),
	"resource_type":  byAttributes(func(value string, a Attributes) bool { return a.ResourceType == value }),
	"exposure":       named("exposure"),
	"metric":         named("metric"),
	"semantic_model": named("semantic_model"),
	"saved_query":    named("saved_query"),
	"unit_test":      named("unit_test"),
	"config":         matchConfig,
	"state":          func(t term, u Universe, id int32) (bool, error) { return u.State(id, t.value) },
}

var resourceTypes = []string{
	"analysis", "exposure", "fixture", "function", "group", "macro", "metric", "model", "operation", "saved_query", "seed",
	"semantic_model", "snapshot", "source", "sql_operation", "test", "unit_test",
}

var states = []string{
	"new", "old", "modified", "unmodified", "modified.body", "modified.configs", "modified.persisted_descriptions",
	"modified.relation", "modified.macros", "modified.contract",
}

// check refuses values that cannot match in any graph.
func (t term) check() error {
	if methods[t.method] == nil {
		return fmt.Errorf("method %q is unknown; want one of %s", t.method, strings.Join(slices.Sorted(maps.Keys(methods)), ", "))
	}
	switch {
	case t.method == "config" && t.argument == "":
		return errors.New("name a setting, such as config.materialized:table")
	case t.method != "config" && t.argument != "":
		return fmt.Errorf("method %s takes no argument", t.method)
	case t.method == "resource_type" && !slices.Contains(resourceTypes, t.value):
		return fmt.Errorf("resource type %q is unknown; want one of %s", t.value, strings.Join(resourceTypes, ", "))
	case t.method == "state" && !slices.Contains(states, t.value):
		return fmt.Errorf("state %q is unknown; want one of %s", t.value, strings.Join(states, ", "))
	case t.method == "source" && strings.Count(t.value, ".") > 2:
		return errors.New("want source:SOURCE, source:SOURCE.TABLE or source:PACKAGE.SOURCE.TABLE")
	case t.method == "path" && strings.HasPrefix(t.value, "/"):
		return errors.New("paths are relative to the project's folder")
	}
	return nil
}

// matchName follows dbt: the whole name, or the first parts of the fully qualified name with or without its package.
func matchName(value string, a Attributes) bool {
	if len(a.FQN) == 0 || a.ResourceType == "source" {
		return false
	}
	return matchFQN(value, a.FQN, a.Versioned) || len(a.FQN) > 1 && matchFQN(value, a.FQN[1:], a.Versioned)
}

func matchFQN(value string, fqn []string, versioned bool) bool {
	leaf := fqn[len(fqn)-1]
	if versioned && len(fqn) > 1 {
		version := leaf
		leaf = fqn[len(fqn)-2]
		if value == leaf+"."+version || value == leaf+"_"+version {
			return true
		}
	}
	if value == leaf {
		return true
	}
	if !isPattern(value) {
		return startsWith(fqn, value)
	}
	parts := strings.Split(value, ".")
	nodes := strings.Split(strings.Join(fqn, "."), ".") // a dot in a name divides it
	if len(nodes) < len(parts) {
		return false
	}
	first := slices.IndexFunc(parts, isPattern)
	if !slices.Equal(parts[:first], nodes[:first]) {
		return false
	}
	// From the first pattern on, the rest is compared as one text.
	return glob(strings.Join(parts[first:], "."), strings.Join(nodes[first:], ".")) || len(parts) == 1 && glob(value, leaf)
}

// startsWith reports whether the dotted value is the beginning of a dotted name, in whole parts. It runs for every
// node of a graph, so it splits and joins nothing.
func startsWith(fqn []string, value string) bool {
	for _, segment := range fqn {
		if rest, ok := strings.CutPrefix(segment, value); ok {
			return rest == "" || rest[0] == '.'
		}
		rest, ok := strings.CutPrefix(value, segment)
		if !ok || rest[0] != '.' {
			return false
		}
		value = rest[1:]
	}
	return false
}

// matchPath means a file, or everything in a folder. * stays within a folder, ** does not.
func matchPath(value string, a Attributes) bool {
	if a.Path == "" {
		return false
	}
	pattern := path.Clean(strings.ReplaceAll(value, `\`, "/"))
	parts := strings.Split(pattern, "/")
	names := strings.Split(path.Clean(strings.ReplaceAll(a.Path, `\`, "/")), "/")
	if pattern == "." {
		return true
	}
	for n := 1; n <= len(names); n++ {
		if globPath(parts, names[:n]) {
			return true
		}
	}
	return false
}

func matchFile(value string, a Attributes) bool {
	file := path.Base(strings.ReplaceAll(a.Path, `\`, "/"))
	return a.Path != "" && (glob(value, file) || glob(value, strings.TrimSuffix(file, path.Ext(file))))
}

func matchTag(value string, a Attributes) bool {
	return slices.ContainsFunc(a.Tags, func(tag string) bool { return glob(value, tag) })
}

// matchSource takes SOURCE, SOURCE.TABLE or PACKAGE.SOURCE.TABLE.
func matchSource(value string, a Attributes) bool {
	if a.ResourceType != "source" {
		return false
	}
	parts := strings.Split(value, ".")
	switch len(parts) {
	case 1:
		return glob(parts[0], a.Source)
	case 2:
		return glob(parts[0], a.Source) && glob(parts[1], a.Name)
	}
	return glob(parts[0], a.Package) && glob(parts[1], a.Source) && glob(parts[2], a.Name)
}

// named matches NAME or PACKAGE.NAME of one resource type.
func named(resourceType string) matcher {
	return byAttributes(func(value string, a Attributes) bool {
		if a.ResourceType != resourceType {
			return false
		}
		if pkg, name, ok := strings.Cut(value, "."); ok {
			return glob(pkg, a.Package) && glob(name, a.Name)
		}
		return glob(value, a.Name)
	})
}

// matchConfig compares whole values; only booleans and severity may be written in any case.
func matchConfig(t term, u Universe, id int32) (bool, error) {
	folded := strings.EqualFold(t.value, "true") || strings.EqualFold(t.value, "false") || t.argument == "severity"
	return slices.ContainsFunc(u.Config(id, t.argument), func(value string) bool {
		return value == t.value || folded && strings.EqualFold(value, t.value)
	}), nil
}
