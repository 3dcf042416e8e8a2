package dbt

import (
	"encoding/json"
	"slices"
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

// Groups are the owners of a manifest's groups. It is the one way to find who is responsible for a node.
type Groups struct {
	byPackage map[[2]string]*Owner
	byName    map[string]*Owner
}

// Add takes a node if it is a group with an owner.
func (g *Groups) Add(n *Node) {
	if n.ResourceType != "group" || n.Owner == nil {
		return
	}
	if g.byPackage == nil {
		g.byPackage, g.byName = map[[2]string]*Owner{}, map[string]*Owner{}
	}
	g.byPackage[[2]string{n.Package, n.Name}], g.byName[n.Name] = n.Owner, n.Owner
}

// OwnersOf returns who is responsible for a node: its own owner, else those that its meta names as owner or owners, and
// the owner of its group; nil if nobody is named.
func (g *Groups) OwnersOf(n *Node) []Owner {
	var out []Owner
	add := func(o Owner) {
		if o.Label() != "" && !slices.ContainsFunc(out, func(have Owner) bool { return have.Label() == o.Label() }) {
			out = append(out, o)
		}
	}
	if n.Owner != nil {
		add(*n.Owner)
	} else {
		for _, o := range n.metaOwners() {
			add(o)
		}
	}
	if n.Group == "" {
		return out
	}
	of := g.byPackage[[2]string{n.Package, n.Group}]
	if of == nil {
		of = g.byName[n.Group]
	}
	if of != nil {
		add(*of)
	}
	return out
}

// Label is how the owner is listed: by name, else by e-mail address.
func (o *Owner) Label() string {
	if o.Name != "" || len(o.Emails) == 0 {
		return o.Name
	}
	return o.Emails[0]
}

// metaOwners are the owners that meta names.
func (n *Node) metaOwners() []Owner {
	var meta struct {
		Owner  json.RawMessage `json:"owner"`
		Owners json.RawMessage `json:"owners"`
	}
	if len(n.Meta) == 0 || json.Unmarshal(n.Meta, &meta) != nil {
		return nil
	}
	return append(ownersIn(meta.Owner), ownersIn(meta.Owners)...)
}

// ownersIn reads a text ("ana" or "@ana, @ben"), an object with a name or an e-mail address, or a list of either.
func ownersIn(raw json.RawMessage) []Owner {
	var text string
	var one struct {
		Name  string `json:"name"`
		Email string `json:"email"`
	}
	var many []json.RawMessage
	var out []Owner
	switch {
	case json.Unmarshal(raw, &text) == nil:
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, Owner{Name: part})
			}
		}
	case json.Unmarshal(raw, &many) == nil:
		for _, v := range many {
			if json.Unmarshal(v, &text) != nil {
				out = append(out, ownersIn(v)...)
			} else if text = strings.TrimSpace(text); text != "" {
				out = append(out, Owner{Name: text})
			}
		}
	case json.Unmarshal(raw, &one) == nil && one.Name+one.Email != "":
		o := Owner{Name: one.Name}
		if one.Email != "" {
			o.Emails = []string{one.Email}
		}
		out = append(out, o)
	}
	return out
}
