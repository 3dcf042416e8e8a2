package access

import (
	"fmt"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Role is what a person may do in a workspace. The keys of a person may do no more.
type Role string

// The roles.
const (
	Viewer Role = "viewer" // reads everything but the audit log
	Editor Role = "editor" // imports and edits too
	Admin  Role = "admin"  // does everything
)

// ParseRole parses a role; it returns catalog.ErrInvalid for anything else.
func ParseRole(text string) (Role, error) {
	if r := Role(text); r.Scopes() != nil {
		return r, nil
	}
	return "", fmt.Errorf("role %q: %w", text, catalog.ErrInvalid)
}

// Scopes returns the scopes of a role; nil for what is not a role.
func (r Role) Scopes() []Scope {
	viewer := []Scope{ReadImports, ReadCatalog, ReadMetrics, ReadMCP}
	switch r {
	case Viewer:
		return viewer
	case Editor:
		return append(viewer, WriteImports, WriteCatalog, WriteLineage, ReadIntegrations)
	case Admin:
		return []Scope{AdminWorkspace}
	}
	return nil
}

// can reports whether a role includes a scope.
func (r Role) can(wanted Scope) bool {
	return slices.ContainsFunc(r.Scopes(), func(s Scope) bool { return s.grants(wanted) })
}

// limit returns what both a key and the role of its person allow.
func (r Role) limit(key []Scope) []Scope {
	var out []Scope
	for _, s := range key {
		if r.can(s) {
			out = append(out, s)
			continue
		}
		for _, own := range r.Scopes() {
			if s.grants(own) {
				out = append(out, own)
			}
		}
	}
	return out
}
