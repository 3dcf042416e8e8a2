package access

import (
	"context"
	"slices"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Principal is who makes a request.
type Principal struct {
	WS      int64
	KeyID   int64  // 0 = no key: a session, the demonstration or the folder's own socket
	Session int64  // 0 = no session
	UserID  int64  // whose key it is; 0 = nobody's
	Name    string // of the person, else of the key
	Scopes  []Scope
	Schemas []catalog.SchemaID // that it may see; empty = all

	// Limits of its key, which those of the keys that it creates do not exceed.
	CIDRs     []string  // empty = from everywhere
	ExpiresAt time.Time // zero = never

	// The request, for the audit log.
	Address string
	Request string

	system, demo bool
}

// Kind returns what the principal is: user, key, demo or system. A key of a person is a key.
func (p Principal) Kind() string {
	switch {
	case p.Session != 0:
		return "user"
	case p.KeyID != 0:
		return "key"
	case p.demo:
		return "demo"
	}
	return "system"
}

// Personal reports whether there is something that the principal keeps for itself, and whose it is: a person, or 0 for
// the demonstration.
func (p Principal) Personal() (user int64, ok bool) { return p.UserID, p.UserID != 0 || p.demo }

// Granted returns every scope that the principal has, those that others imply included.
func (p Principal) Granted() []Scope {
	out := []Scope{}
	for _, s := range Scopes() {
		if p.Can(s) {
			out = append(out, s)
		}
	}
	return out
}

// Actor returns the principal as the author of a change.
func (p Principal) Actor() catalog.Actor {
	switch {
	case p.system:
		return catalog.Actor{Kind: catalog.ActorSystem, Name: p.Name}
	case p.UserID != 0:
		return catalog.Actor{Kind: catalog.ActorUser, ID: catalog.FormatID(catalog.PrefixUser, p.UserID), Name: p.Name}
	}
	return catalog.Actor{Kind: catalog.ActorKey, ID: p.KeyLabel(), Name: p.Name}
}

// By returns the principal as the audit log names it.
func (p Principal) By() store.By {
	return store.By{Actor: p.Actor(), Key: p.KeyLabel(), Address: p.Address, Request: p.Request}
}

// KeyLabel returns the id of the principal's key, such as KEY-3, or of its session, such as SES-4; "" without one.
func (p Principal) KeyLabel() string {
	switch {
	case p.Session != 0:
		return catalog.FormatID(catalog.PrefixSession, p.Session)
	case p.KeyID == 0:
		return ""
	}
	return catalog.FormatID(catalog.PrefixKey, p.KeyID)
}

// Can reports whether the principal has a scope.
func (p Principal) Can(wanted Scope) bool {
	return wanted == Public || wanted == Authenticated || slices.ContainsFunc(p.Scopes, func(s Scope) bool { return s.grants(wanted) })
}

// Sees reports whether the principal may see a schema.
func (p Principal) Sees(id catalog.SchemaID) bool {
	return len(p.Schemas) == 0 || slices.Contains(p.Schemas, id)
}

// System is the principal of the program itself, which may do everything in a workspace.
func System(ws int64) Principal {
	return Principal{WS: ws, Name: "system", Scopes: []Scope{AdminWorkspace}, system: true}
}

// Local is the principal of anyone who can open the data folder's socket: the
// file's mode is the credential.
func Local() Principal {
	return Principal{WS: catalog.DefaultWorkspace, Name: "local", Scopes: []Scope{AdminWorkspace}}
}

// Demo is the principal of requests without credentials in `thalweg demo`, from
// loopback alone.
func Demo() Principal {
	return Principal{WS: catalog.DefaultWorkspace, Name: "demo", Scopes: []Scope{AdminWorkspace}, demo: true}
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
