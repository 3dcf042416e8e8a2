package access

import (
	"context"
	"slices"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Principal is who makes a request.
type Principal struct {
	WS      int64
	KeyID   int64  // 0 = no key: the demonstration or the folder's own socket
	Name    string // for people: the key's name
	Scopes  []Scope
	Schemas []catalog.SchemaID // that it may see; empty = all

	// Limits of its key, which those of the keys that it creates do not exceed.
	CIDRs     []string  // empty = from everywhere
	ExpiresAt time.Time // zero = never
}

// Actor returns the principal as the author of a change.
func (p Principal) Actor() catalog.Actor {
	a := catalog.Actor{Kind: catalog.ActorKey, Name: p.Name}
	a.ID = p.KeyLabel()
	return a
}

// KeyLabel returns the id of the principal's key, such as KEY-3; "" without one.
func (p Principal) KeyLabel() string {
	if p.KeyID == 0 {
		return ""
	}
	return catalog.FormatID(catalog.PrefixKey, p.KeyID)
}

// Can reports whether the principal has a scope.
func (p Principal) Can(wanted Scope) bool {
	return wanted == Public || slices.ContainsFunc(p.Scopes, func(s Scope) bool { return s.grants(wanted) })
}

// Sees reports whether the principal may see a schema.
func (p Principal) Sees(id catalog.SchemaID) bool {
	return len(p.Schemas) == 0 || slices.Contains(p.Schemas, id)
}

// System is the principal of the program itself, which may do everything in a workspace.
func System(ws int64) Principal {
	return Principal{WS: ws, Name: "system", Scopes: []Scope{AdminWorkspace}}
}

// Local is the principal of anyone who can open the data folder's socket: the
// file's mode is the credential.
func Local() Principal {
	return Principal{WS: catalog.DefaultWorkspace, Name: "local", Scopes: []Scope{AdminWorkspace}}
}

// Demo is the principal of requests without credentials in `thalweg demo`, from
// loopback alone.
func Demo() Principal {
	return Principal{WS: catalog.DefaultWorkspace, Name: "demo", Scopes: []Scope{AdminWorkspace}}
}

type contextKey struct{}

// With puts a principal into a context.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// From returns the principal of a context, or false if there is none.
func From(ctx context.Context) (Principal, bool) {
	p, ok := ctx.Value(contextKey{}).(Principal)
	return p, ok
}
