package graph

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/thalweg-data/thalweg/internal/near"
)

// matcher reports whether a node is meant, by one of its names, by a term's value.
type matcher func(t term, u Universe, name int32) (bool, error)

// byAttributes makes a matcher of a plain comparison.
func byAttributes(match func(value string, a Attributes) bool) matcher {
	return func(t term, u Universe, name int32) (bool, error) {
		a := u.Attributes(name)
		return (isMember(a.ResourceType) || t.method == "resource_type") && match(t.value, a), nil
	}
}

var methods = map[string]matcher{
	"fqn":            byAttributes(matchName),
	"path":           nil, // see findPath
	"file":           byAttributes(matchFile),
	"tag":            byAttributes(matchTag),
	"source":         byAttributes(matchSource),
	"package":        matchPackage,
	"group":          byAttributes(matchGroup),
	"access":         byAttributes(func(value string, a Attributes) bool { return a.ResourceType == "model" && a.Access == value }),
	"version":        byAttributes(matchVersion),
	"resource_type":  byAttributes(func(value string, a Attributes) bool { return a.ResourceType == value }),
	"test_name":      byAttributes(matchTestName),
	"test_type":      byAttributes(matchTestType),
	"exposure":       named("exposure"),
	"metric":         named("metric"),
	"semantic_model": named("semantic_model"),
	"saved_query":    named("saved_query"),
	"unit_test":      named("unit_test"),
	"config":         matchConfig,
	"state":          func(t term, u Universe, name int32) (bool, error) { return u.State(name, t.value) },
}

// unavailable are methods of dbt that compare artifacts of two invocations or read files of the project, with what they
// need.
var unavailable = map[string]string{
	"result": "the results of another invocation", "source_status": "the freshness of another invocation", "selector": "selectors.yml",
}

var resourceTypes = []string{
	"analysis", "exposure", "fixture", "function", "group", "macro", "metric", "model", "operation", "saved_query", "seed",
	"semantic_model", "snapshot", "source", "sql_operation", "table", "test", "unit_test", "view",
}

// isMember reports whether nodes of a type are in dbt's graph. Others are only found by their type.
func isMember(resourceType string) bool {
	switch resourceType {
	case "group", "macro", "operation", "sql_operation":
		return false
	}
	return true
}

var testTypes = []string{"data", "generic", "schema", "singular", "unit"}

var versions = []string{"latest", "none", "old", "prerelease"}

var states = []string{
	"new", "old", "modified", "unmodified", "modified.body", "modified.configs", "modified.persisted_descriptions",
	"modified.relation", "modified.macros", "modified.contract",
}

// check refuses values that cannot match in any graph.
func (t term) check() error {
	if needs := unavailable[t.method]; needs != "" {
		return fmt.Errorf("method %s is not available: it needs %s", t.method, needs)
	}
	if _, ok := methods[t.method]; !ok {
		return fmt.Errorf("method %q is unknown; %s", t.method, near.Choice(t.method, slices.Sorted(maps.Keys(methods))))
	}
	switch {
	case t.method == "config" && t.argument == "":
		return errors.New("name a setting, such as config.materialized:table")
	case t.method != "config" && t.argument != "":
		return fmt.Errorf("method %s takes no argument", t.method)
	case t.method == "resource_type" && !slices.Contains(resourceTypes, t.value):
		return fmt.Errorf("resource type %q is unknown; %s", t.value, near.Choice(t.value, resourceTypes))
	case t.method == "version" && !slices.Contains(versions, t.value):
		return fmt.Errorf("version %q is unknown; %s", t.value, near.Choice(t.value, versions))
	case t.method == "test_type" && !slices.Contains(testTypes, t.value):
		return fmt.Errorf("test type %q is unknown; %s", t.value, near.Choice(t.value, testTypes))
	case t.method == "state" && !slices.Contains(states, t.value):
		return fmt.Errorf("state %q is unknown; %s", t.value, near.Choice(t.value, states))
	case t.method == "source" && strings.Count(t.value, ".") > 2:
		return errors.New("want source:SOURCE, source:SOURCE.TABLE or source:PACKAGE.SOURCE.TABLE")
	case slices.Contains(resourceTypes, t.method) && t.method != "source" && strings.Count(t.value, ".") > 1:
		return fmt.Errorf("want %s:NAME or %[1]s:PACKAGE.NAME", t.method)
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
	versioned := a.Version != ""
	return matchFQN(value, a.FQN, versioned) || len(a.FQN) > 1 && matchFQN(value, a.FQN[1:], versioned)
}

func matchFQN(value string, fqn []string, versioned bool) bool {
	leaf := fqn[len(fqn)-1]
	if versioned && len(fqn) > 1 {
		version := leaf
		leaf = fqn[len(fqn)-2]
		if endsWithVersion(value, leaf, version) {
			return true
		}
	}
	if value == leaf && (!versioned || len(fqn) > 1) {
		return true
	}
	if !isPattern(value) {
		return startsWith(fqn, value)
	}
	return matchPattern(value, fqn, leaf)
}

// matchPattern compares whole parts up to the first one with a pattern, and all behind that as one text. It runs for
// every node of a graph, so it allocates nothing for names of usual length.
func matchPattern(value string, fqn []string, leaf string) bool {
	if !strings.Contains(value, ".") && glob(value, leaf) {
		return true
	}
	var buffer [128]byte
	name := buffer[:0]
	for i, segment := range fqn { // a dot in one divides it
		if i > 0 {
			name = append(name, '.')
		}
		name = append(name, segment...)
	}
	if bytes.Count(name, []byte{'.'}) < strings.Count(value, ".") {
		return false
	}
	plain := strings.LastIndexByte(value[:strings.IndexAny(value, special)], '.') + 1
	if len(name) < plain || string(name[:plain]) != value[:plain] {
		return false
	}
	return glob(value[plain:], name[plain:])
}

// endsWithVersion reports whether the last two parts of a value are a name and a version, or the value is both with _
// in between.
func endsWithVersion(value, leaf, version string) bool {
	head, ok := strings.CutSuffix(value, "."+version)
	if !ok {
		return value == leaf+"_"+version
	}
	if at := strings.LastIndexByte(head, '.'); at >= 0 {
		head = head[at+1:]
	}
	return head == leaf
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

// matchPackage means the project itself by "this".
func matchPackage(t term, u Universe, name int32) (bool, error) {
	a := u.Attributes(name)
	if !isMember(a.ResourceType) {
		return false, nil
	}
	if t.value == "this" && a.Package != "" && a.Package == u.RootPackage(name) {
		return true, nil
	}
	return t.value != "this" && glob(t.value, a.Package), nil
}

// matchGroup means what dbt groups by its configuration: neither sources, exposures nor semantic models.
func matchGroup(value string, a Attributes) bool {
	switch a.ResourceType {
	case "model", "seed", "snapshot", "analysis", "test", "metric":
		return a.Group != "" && glob(value, a.Group)
	}
	return false
}

func matchVersion(value string, a Attributes) bool {
	if a.ResourceType != "model" {
		return false
	}
	switch value {
	case "none":
		return a.Version == ""
	case "latest":
		return a.Version != "" && a.Version == a.LatestVersion
	}
	if a.Version == "" || a.LatestVersion == "" {
		return false
	}
	if value == "old" {
		return earlier(a.Version, a.LatestVersion)
	}
	return earlier(a.LatestVersion, a.Version)
}

// earlier orders versions as numbers where both are, else as texts.
func earlier(a, b string) bool {
	x, err := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if err != nil || errY != nil {
		return a < b
	}
	return x < y
}

// matchTestName takes the name of a generic test, without its package, or of a unit test.
func matchTestName(value string, a Attributes) bool {
	switch a.ResourceType {
	case "test":
		return a.Test != "" && glob(value, a.Test)
	case "unit_test":
		return glob(value, a.Name)
	}
	return false
}

func matchTestType(value string, a Attributes) bool {
	if a.ResourceType == "unit_test" {
		return value == "unit"
	}
	if a.ResourceType != "test" {
		return false
	}
	switch value {
	case "data":
		return true
	case "singular":
		return a.Test == ""
	case "unit":
		return false
	}
	return a.Test != ""
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

// matchConfig compares whole values; only booleans and severity may be written in any case. As in dbt, what is not made
// from a file of code or listed as a source has no configuration.
func matchConfig(t term, u Universe, name int32) (bool, error) {
	switch u.Attributes(name).ResourceType {
	case "model", "seed", "snapshot", "analysis", "test", "source":
	default:
		return false, nil
	}
	folded := strings.EqualFold(t.value, "true") || strings.EqualFold(t.value, "false") || t.argument == "severity"
	return slices.ContainsFunc(u.Config(name, t.argument), func(value string) bool {
		return value == t.value || folded && strings.EqualFold(value, t.value)
	}), nil
}
