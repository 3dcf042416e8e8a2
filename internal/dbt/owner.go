package dbt

import (
	"encoding/json"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Owner is who is responsible for a node, as an exposure or a group names them.
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

// OwnerNames takes the node's own owner, else those that meta names as owner or owners; nil if no one is named.
func (n *Node) OwnerNames() []string {
	if n.Owner != nil {
		if n.Owner.Name != "" {
			return []string{n.Owner.Name}
		}
		return n.Owner.Emails
	}
	var meta struct {
		Owner  json.RawMessage `json:"owner"`
		Owners json.RawMessage `json:"owners"`
	}
	if len(n.Meta) == 0 || json.Unmarshal(n.Meta, &meta) != nil {
		return nil
	}
	return append(namesIn(meta.Owner), namesIn(meta.Owners)...)
}

// namesIn reads a text ("ana" or "@ana, @ben") or a list of texts.
func namesIn(raw json.RawMessage) []string {
	var one string
	var many []any
	var names []string
	if json.Unmarshal(raw, &one) == nil {
		for part := range strings.SplitSeq(one, ",") {
			if part = strings.TrimSpace(part); part != "" {
				names = append(names, part)
			}
		}
	} else if json.Unmarshal(raw, &many) == nil {
		for _, v := range many {
			if text, ok := v.(string); ok && strings.TrimSpace(text) != "" {
				names = append(names, strings.TrimSpace(text))
			}
		}
	}
	return names
}
