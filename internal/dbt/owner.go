package dbt

import "github.com/go-json-experiment/json/jsontext"

// Owner is who answers for a node, as an exposure or a group names them.
type Owner struct {
	Name   string
	Emails []string
	Extra  jsontext.Value // object of all other keys, such as slack; nil if none
}

// owner reads {name, email, …}, where email is a text or a list, or a plain name.
func (d *decoder) owner(v value) *Owner {
	if v.kind() == '"' {
		return &Owner{Name: d.name("owner", v)}
	}
	if v.kind() != '{' {
		d.odd("owner", "an object")
		return nil
	}
	o := &Owner{}
	extra := []byte{'{'}
	v.rawMembers(func(quoted, val value) {
		switch name := quoted.str(); {
		case val.absent():
		case name == "name":
			o.Name = d.name("owner/name", val)
		case name == "email":
			o.Emails = d.names("owner/email", val)
		default:
			if len(extra) > 1 {
				extra = append(extra, ',')
			}
			extra = append(append(append(extra, quoted...), ':'), val...)
		}
	})
	o.Extra = d.raw("owner", append(extra, '}'))
	return o
}
