package dbt

import "github.com/go-json-experiment/json/jsontext"

// UnitTest is what only a unit test has.
type UnitTest struct {
	Model  string         // name of the model
	Tested string         // unique id of the model
	Given  jsontext.Value // list as written; nil if none
	Expect jsontext.Value // object as written; nil if none
	// Overrides are the macros, vars and env_vars that the test replaces, as written; nil if none. Included and
	// Excluded are the versions of the model that it is, or is not, of.
	Overrides          jsontext.Value
	Included, Excluded []string
}

func (d *decoder) unitTest(n *Node, f []member) *UnitTest {
	u := &UnitTest{}
	for _, m := range f {
		switch string(m.name) {
		case "model":
			u.Model = d.name("model", m.val)
		case "tested_node_unique_id":
			u.Tested = d.name("tested_node_unique_id", m.val)
		case "given":
			u.Given = d.raw("given", m.val)
		case "expect":
			u.Expect = d.raw("expect", m.val)
		case "overrides":
			u.Overrides = d.rawFilled("overrides", m.val)
		case "versions":
			u.Included, u.Excluded = d.versions("versions/include", m.val.get("include")), d.versions("versions/exclude", m.val.get("exclude"))
		}
	}
	if u.Tested == "" && len(n.DependsOn) > 0 {
		u.Tested = n.DependsOn[0]
		if id := referred(n.DependsOn, u.Model, n.Version); id != "" {
			u.Tested = id
		}
	}
	return u
}

func (d *decoder) versions(field string, v value) []string {
	list := d.names(field, v)
	for i := range list {
		list[i] = versionText(list[i])
	}
	return list
}
