package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Scope is one permission of a key: `<verb>:<resource>`.
type Scope string

// The scopes. write implies read of the same resource; admin:workspace implies
// all.
const (
	ReadImports        Scope = "read:dbt_imports"
	WriteImports       Scope = "write:dbt_imports"
	ReadCatalog        Scope = "read:catalog"
	WriteCatalog       Scope = "write:catalog"
	WriteLineage       Scope = "write:lineage"
	ReadIntegrations   Scope = "read:integrations"
	WriteIntegrations  Scope = "write:integrations"
	ManageIntegrations Scope = "manage:integrations" // an older name of write:integrations
	// RunSyncs starts syncs, and uploads what they import; write:dbt_imports and write:integrations imply it.
	RunSyncs    Scope = "run:syncs"
	ReadAudit   Scope = "read:audit"
	ReadMetrics Scope = "read:metrics"
	ReadMCP     Scope = "read:mcp"
	// ReadArtifacts reads uploads as they came. No other scope but admin:workspace has it: they may hold secrets of the
	// environment that dbt ran in.
	ReadArtifacts  Scope = "read:artifacts"
	AdminWorkspace Scope = "admin:workspace"

	// Public is not a scope of a key: a route with it asks for no credentials.
	Public Scope = "public"
	// Authenticated is not a scope of a key either: a route with it takes every key and session.
	Authenticated Scope = "authenticated"
)

// Scopes lists every scope that a key can have.
func Scopes() []Scope {
	return []Scope{
		ReadImports, WriteImports, ReadCatalog, WriteCatalog, WriteLineage, ReadIntegrations, WriteIntegrations, ManageIntegrations,
		RunSyncs, ReadAudit, ReadMetrics, ReadMCP, ReadArtifacts, AdminWorkspace,
	}
}

// ParseScope reads a scope; catalog.ErrInvalid for anything else.
func ParseScope(text string) (Scope, error) {
	if s := Scope(text); slices.Contains(Scopes(), s) {
		return s, nil
	}
	return "", fmt.Errorf("scope %q: %w", text, catalog.ErrInvalid)
}

// grants reports whether a key with scope s may do what asks for wanted.
func (s Scope) grants(wanted Scope) bool {
	if s == wanted || s == AdminWorkspace {
		return true
	}
	if s == ManageIntegrations {
		s = WriteIntegrations
		if wanted == s {
			return true
		}
	}
	if wanted == RunSyncs {
		return s == WriteImports || s == WriteIntegrations
	}
	resource, writes := strings.CutPrefix(string(s), "write:")
	return writes && wanted == Scope("read:"+resource)
}
