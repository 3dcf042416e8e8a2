package dbt

import (
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Test is what only a data test has.
type Test struct {
	Generic       bool           // made from a macro with arguments; otherwise a query of its own
	Kind          string         // name of the generic test: "not_null", "relationships" …
	Namespace     string         // package of the generic test, if it is not dbt's own
	Kwargs        jsontext.Value // object of arguments; nil if none
	ColumnName    string         // a column or an expression; "" for a test of the whole table
	Attached      string         // unique id of the node that is tested; "" where it cannot be found
	Severity      string         // as written: "error", "WARN" …
	WarnIf        string
	ErrorIf       string
	FailCalc      string
	Where         string
	Limit         string
	StoreFailures bool
}

func (d *decoder) test(n *Node, f []member, config value) *Test {
	t := &Test{}
	var metadata value
	for _, m := range f {
		switch string(m.name) {
		case "test_metadata":
			metadata = m.val
		case "column_name":
			t.ColumnName = d.name("column_name", m.val)
		case "attached_node":
			t.Attached = d.name("attached_node", m.val)
		}
	}
	kwargs := metadata.get("kwargs")
	t.Generic = metadata.kind() == '{' || slices.Contains(n.Tags, "schema")
	t.Kind = d.name("test_metadata/name", metadata.get("name"))
	t.Namespace = d.name("test_metadata/namespace", metadata.get("namespace"))
	t.Kwargs = d.raw("test_metadata/kwargs", kwargs)
	arguments := kwargs.get("arguments") // where dbt 1.10 does not take them apart
	for _, args := range []value{kwargs, arguments} {
		if t.ColumnName == "" {
			t.ColumnName = d.name("test_metadata/kwargs/column_name", args.get("column_name"))
		}
	}
	if t.Attached == "" {
		t.Attached = attached(n.DependsOn, t.Generic, kwargs.get("model").str())
	}
	d.testConfig(t, config)
	return t
}

func (d *decoder) testConfig(t *Test, config value) {
	for name, v := range config.members {
		if v.absent() {
			continue
		}
		switch string(name) {
		case "severity":
			t.Severity = d.name("config/severity", v)
		case "warn_if":
			t.WarnIf = d.name("config/warn_if", v)
		case "error_if":
			t.ErrorIf = d.name("config/error_if", v)
		case "fail_calc":
			t.FailCalc = d.text("config/fail_calc", v)
		case "where":
			t.Where = d.text("config/where", v)
		case "limit":
			t.Limit = d.name("config/limit", v)
		case "store_failures":
			t.StoreFailures = v.kind() == 't'
		}
	}
}

var (
	sourceCall = regexp.MustCompile(`\bsource\(\s*['"]([^'"]*)['"]\s*,\s*['"]([^'"]*)['"]`)
	refCall    = regexp.MustCompile(`\bref\(\s*(?:['"][^'"]*['"]\s*,\s*)?['"]([^'"]*)['"](?:\s*,\s*(?:v|version)\s*=\s*['"]?([^'")\s]+))?`)
)

// attached finds the node that a test is about where dbt does not state it: before manifest v9, and always
// for tests on sources. model is the argument of the generic test, such as {{
// get_where_subquery(ref('orders')) }}; it decides where it names one of the parents. Otherwise it is the
// only source among the parents or, as dbt 1 lists the parents of a relationships test, the last parent. A
// test with a query of its own belongs to a node only if it reads no other.
func attached(parents []string, generic bool, model string) string {
	if len(parents) == 0 {
		return ""
	}
	if len(parents) == 1 {
		return parents[0]
	}
	if !generic {
		return ""
	}
	if m := sourceCall.FindStringSubmatch(model); m != nil {
		if id := parentEnding(parents, "source.", "."+m[1]+"."+m[2]); id != "" {
			return id
		}
	}
	if m := refCall.FindStringSubmatch(model); m != nil {
		return orText(referred(parents, m[1], m[2]), parents[len(parents)-1])
	}
	return orText(parentEnding(parents, "source.", ""), parents[len(parents)-1])
}

// referred returns the parent that ref(name, v=version) means; without a version, of a model with versions, the only
// one of that name.
func referred(parents []string, name, version string) string {
	if version != "" {
		return parentEnding(parents, "", "."+name+".v"+version)
	}
	if id := parentEnding(parents, "", "."+name); id != "" {
		return id
	}
	found, versioned := "", "."+name+".v"
	for _, id := range parents {
		if at := strings.LastIndex(id, versioned); at >= 0 && at+len(versioned) < len(id) {
			if found != "" {
				return ""
			}
			found = id
		}
	}
	return found
}

// parentEnding returns the only parent with that prefix and ending.
func parentEnding(parents []string, prefix, ending string) string {
	found := ""
	for _, id := range parents {
		if strings.HasPrefix(id, prefix) && strings.HasSuffix(id, ending) {
			if found != "" {
				return ""
			}
			found = id
		}
	}
	return found
}
