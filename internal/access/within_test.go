package access

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// A key never makes one that may do more than itself, in none of its limits, and what a request leaves open is limited
// as the creator is.
func TestKeysInheritLimits(t *testing.T) {
	a, _, c := newAccess(t)
	end := c.at.Add(30 * 24 * time.Hour)
	limited := Principal{
		WS: catalog.DefaultWorkspace, KeyID: 9, Name: "team", Scopes: []Scope{WriteCatalog, ReadAudit},
		Schemas: []catalog.SchemaID{101, 102}, CIDRs: []string{"10.0.0.0/8", "2001:db8::/32"}, ExpiresAt: end,
	}
	for name, change := range map[string]func(*NewKey){
		"scope":                  func(n *NewKey) { n.Scopes = []Scope{WriteImports} },
		"administrator":          func(n *NewKey) { n.Scopes = []Scope{AdminWorkspace} },
		"schema":                 func(n *NewKey) { n.SchemaIDs = []catalog.SchemaID{101, 103} },
		"network":                func(n *NewKey) { n.CIDRs = []string{"192.0.2.0/24"} },
		"larger network":         func(n *NewKey) { n.CIDRs = []string{"10.0.0.0/7"} },
		"every IPv4 address":     func(n *NewKey) { n.CIDRs = []string{"0.0.0.0/0"} },
		"every IPv6 address":     func(n *NewKey) { n.CIDRs = []string{"::/0"} },
		"one of several":         func(n *NewKey) { n.CIDRs = []string{"10.1.0.0/16", "11.0.0.0/8"} },
		"IPv4 in IPv6":           func(n *NewKey) { n.CIDRs = []string{"::ffff:11.0.0.0/104"} },
		"all IPv4 in IPv6":       func(n *NewKey) { n.CIDRs = []string{"::ffff:0:0/96"} },
		"later end":              func(n *NewKey) { n.ExpiresAt = end.Add(time.Second) },
		"no end":                 func(n *NewKey) { n.Never = true },
		"no end and a near time": func(n *NewKey) { n.Never, n.ExpiresAt = true, c.at.Add(time.Hour) },
	} {
		n := NewKey{Name: "k", Scopes: []Scope{ReadCatalog}}
		change(&n)
		_, _, err := a.Create(t.Context(), limited, n)
		var wider *LimitError
		if !errors.As(err, &wider) || !errors.Is(err, catalog.ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, open, err := a.Create(t.Context(), limited, NewKey{Name: "k", Scopes: []Scope{ReadCatalog}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(open.SchemaIDs, limited.Schemas) || !slices.Equal(open.CIDRs, limited.CIDRs) || !open.ExpiresAt.Equal(end) || open.Creator != limited.Actor() {
		t.Errorf("a request without limits: %+v", open)
	}
	narrow := NewKey{
		Name: "k", Scopes: []Scope{ReadCatalog}, SchemaIDs: []catalog.SchemaID{102}, CIDRs: []string{"::ffff:10.1.0.0/112", "2001:db8::/32"}, ExpiresAt: end,
	}
	if _, got, err := a.Create(t.Context(), limited, narrow); err != nil || len(got.SchemaIDs) != 1 || len(got.CIDRs) != 2 {
		t.Errorf("a narrower key: %+v, %v", got, err)
	}
	long := limited
	long.ExpiresAt = c.at.Add(10 * DefaultValidity)
	if _, got, err := a.Create(t.Context(), long, NewKey{Name: "k", Scopes: []Scope{ReadCatalog}}); err != nil || !got.ExpiresAt.Equal(c.at.Add(DefaultValidity)) {
		t.Errorf("a creator that lives longer: %+v, %v", got, err)
	}
}
