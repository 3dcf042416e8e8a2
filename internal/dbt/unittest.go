package dbt

import "github.com/go-json-experiment/json/jsontext"

// UnitTest is what only a unit test has.
type UnitTest struct {
	Model  string         // name of the model
	Tested string         // unique id of the model
	Given  jsontext.Value // list as written; nil if none
	Expect jsontext.Value // object as written; nil if none
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
