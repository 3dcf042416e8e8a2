package catalog

// CauseKind classifies what made a value change.
type CauseKind string

// The kinds of causes.
const (
	CauseImport  CauseKind = "import"  // ID is that of the import
	CauseCrawl   CauseKind = "crawl"   // ID is that of the sync
	CauseEdit    CauseKind = "edit"    // ID is that of the edit
	CauseRemoval CauseKind = "removal" // confirmed by a person; ID is that of the import that withheld it
)

// Cause is why a value changed. The zero Cause means none.
type Cause struct {
	Kind CauseKind `json:"kind"`
	ID   int64     `json:"id"`
}

// IsZero reports whether there is no cause.
func (c Cause) IsZero() bool { return c == Cause{} }

// ImportCause returns the cause for an import; the zero Cause for import 0.
func ImportCause(id ImportID) Cause {
	if id == 0 {
		return Cause{}
	}
	return Cause{Kind: CauseImport, ID: int64(id)}
}

// Import returns the import behind the cause; 0 if the cause is not an import.
func (c Cause) Import() ImportID {
	if c.Kind != CauseImport {
		return 0
	}
	return ImportID(c.ID)
}

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
