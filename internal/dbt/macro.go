package dbt

import "github.com/go-json-experiment/json/jsontext"

// Macro is what only a macro has.
type Macro struct {
	Text               string         // not cut; only where asked for: macros can hold secrets
	Arguments          jsontext.Value // list as written; nil if none
	SupportedLanguages []string       // of a materialization
}

// Function is what only a user-defined function has.
type Function struct {
	Returns   jsontext.Value // as written; nil if none
	Arguments jsontext.Value // list as written; nil if none
}

func (d *decoder) macro(f []member) *Macro {
	x := &Macro{}
	for _, m := range f {
		switch string(m.name) {
		case "macro_sql":
			x.Text = d.whole("macro_sql", m.val)
		case "arguments":
			x.Arguments = d.raw("arguments", m.val)
		case "supported_languages":
			x.SupportedLanguages = d.names("supported_languages", m.val)
		}
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
		}
	}
	return x
}
