package dbt

import "github.com/go-json-experiment/json/jsontext"

// Macro is what only a macro has.
type Macro struct {
	Text               string         // not cut; only where asked for: macros can hold secrets
	Arguments          jsontext.Value // list as written; nil if none
	Signature          string         // types of its arguments and of what it returns, where dbt 2 knows them
	SupportedLanguages []string       // of a materialization
}

// Function is what only a user-defined function has.
type Function struct {
	Returns   jsontext.Value // as written; nil if none
	Arguments jsontext.Value // list as written; nil if none
	Overloads jsontext.Value // list as written: other arguments and returns of the same name; nil if none
}

func (d *decoder) macro(f []member) *Macro {
	x := &Macro{}
	var undescribed value // of dbt 2: as the macro's own text declares them
	for _, m := range f {
		switch string(m.name) {
		case "macro_sql":
			x.Text = d.whole("macro_sql", m.val)
		case "arguments":
			x.Arguments = d.raw("arguments", m.val)
		case "args":
			undescribed = m.val
		case "funcsign":
			x.Signature = d.text("funcsign", m.val)
		case "supported_languages":
			x.SupportedLanguages = d.names("supported_languages", m.val)
		}
	}
	if x.Arguments == nil {
		x.Arguments = d.raw("args", undescribed)
	}
	return x
}

func (d *decoder) function(f []member) *Function {
	x := &Function{}
	for _, m := range f {
		switch string(m.name) {
		case "returns":
			x.Returns = d.raw("returns", m.val)
		case "arguments":
			x.Arguments = d.raw("arguments", m.val)
		case "overloads":
			x.Overloads = d.raw("overloads", m.val)
		}
	}
	return x
}
