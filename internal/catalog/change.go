package catalog

import "time"

// ChangeKind classifies a change.
type ChangeKind string

// The kinds of changes.
const (
	Created  ChangeKind = "created"
	Updated  ChangeKind = "updated"
	Removed  ChangeKind = "removed"
	Restored ChangeKind = "restored"
)

// Change is one difference of one asset between two versions.
type Change struct {
	Asset   AssetID
	Kind    ChangeKind
	Field   string // "" for the asset or column as a whole
	Column  string // "" for the asset itself
	Old     string
	New     string
	Version int64
	Cause   Cause
	Actor   Actor
	At      time.Time
}
