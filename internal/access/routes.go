package access

// routes gives every route the scope that it asks for. A server with a route
// that is not listed here does not start; one that is listed and not served
// does not either.
var routes = map[string]Scope{
	"GET /healthcheck": Public,
	"GET /livez":       Public,
	"GET /readyz":      Public,
	"GET /metrics":     Public, // httpapi asks for ReadAudit where so configured

	"GET /api/v1/healthcheck":  Public,
	"GET /api/v1/openapi.json": Public,
	"GET /api/v1/limits":       Public,

	"POST /api/v1/dbt_imports":                     WriteImports,
	"GET /api/v1/dbt_imports":                      ReadImports,
	"GET /api/v1/dbt_imports/{id}":                 ReadImports,
	"GET /api/v1/dbt_imports/{id}/report":          ReadImports,
	"GET /api/v1/dbt_imports/{id}/changes":         ReadImports,
	"GET /api/v1/dbt_imports/{id}/artifacts":       AdminWorkspace,
	"GET /api/v1/dbt_imports/{id}/artifacts/{sha}": AdminWorkspace,
	"POST /api/v1/dbt_imports/{id}/cancel":         WriteImports,

	"GET /api/v1/schemas":                        ReadCatalog,
	"POST /api/v1/schemas":                       WriteCatalog,
	"GET /api/v1/schemas/{id}":                   ReadCatalog,
	"PATCH /api/v1/schemas/{id}":                 WriteCatalog,
	"GET /api/v1/schemas/{id}/removals":          ReadCatalog,
	"POST /api/v1/schemas/{id}/removals/confirm": WriteCatalog,
	"POST /api/v1/schemas/{id}/removals/dismiss": WriteCatalog,
	"GET /api/v1/projects":                       ReadCatalog,
	"GET /api/v1/projects/{id}":                  ReadCatalog,

	"GET /api/v1/assets":                       ReadCatalog,
	"GET /api/v1/assets/by-unique-id":          ReadCatalog,
	"GET /api/v1/assets/by-relation":           ReadCatalog,
	"GET /api/v1/assets/{id}":                  ReadCatalog,
	"PATCH /api/v1/assets/{id}":                WriteCatalog,
	"GET /api/v1/assets/{id}/columns":          ReadCatalog,
	"PATCH /api/v1/assets/{id}/columns/{name}": WriteCatalog,
	"GET /api/v1/assets/{id}/code":             ReadCatalog,
	"GET /api/v1/assets/{id}/tests":            ReadCatalog,
	"GET /api/v1/assets/{id}/runs":             ReadCatalog,
	"GET /api/v1/assets/{id}/changes":          ReadCatalog,
	"GET /api/v1/assets/{id}/facets":           ReadCatalog,

	"GET /api/v1/assets/{id}/columns/{name}/lineage": ReadCatalog,
	"GET /api/v1/assets/{id}/column_lineage":         ReadCatalog,
	"GET /api/v1/schemas/{id}/column_lineage":        ReadCatalog,
	"GET /api/v1/impact":                             ReadCatalog,

	"GET /api/v1/lineage":   ReadCatalog,
	"GET /api/v1/tests":     ReadCatalog,
	"GET /api/v1/runs":      ReadCatalog,
	"GET /api/v1/runs/{id}": ReadCatalog,
	"GET /api/v1/changes":   ReadCatalog,

	"GET /api/v1/keys":         AdminWorkspace,
	"POST /api/v1/keys":        AdminWorkspace,
	"DELETE /api/v1/keys/{id}": AdminWorkspace,
}

// Route gives the scope of a route, named as "METHOD /path/{wildcard}"; false
// if it has no entry.
func Route(pattern string) (Scope, bool) {
	s, ok := routes[pattern]
	return s, ok
}

// Routes lists every route that has an entry.
func Routes() []string {
	out := make([]string, 0, len(routes))
	for pattern := range routes {
		out = append(out, pattern)
	}
	return out
}
