package catalog

import "encoding/json"

// ActorKind classifies who made a change.
type ActorKind string

// The kinds of actors.
const (
	ActorKey    ActorKind = "key"    // an API key; ID is KEY-n
	ActorUser   ActorKind = "user"   // a person with an account
	ActorSystem ActorKind = "system" // the product itself, on a schedule
)

// Actor is who made a change. The zero Actor means that nobody is recorded.
type Actor struct {
	Kind ActorKind `json:"kind"`
	ID   string    `json:"id,omitempty"`
	Name string    `json:"name,omitempty"`
}

// IsZero reports whether nobody is recorded.
func (a *Actor) IsZero() bool { return *a == Actor{} }

// UnmarshalJSON reads an actor, and the bare name that bodies held before there
// were accounts: a person was then the name of an API key.
func (a *Actor) UnmarshalJSON(b []byte) error {
	if len(b) == 0 || b[0] != '"' {
		type plain Actor
		return json.Unmarshal(b, (*plain)(a))
	}
	*a = Actor{Kind: ActorKey}
	return json.Unmarshal(b, &a.Name)
}
