package archtest

// Rules are the rules for a tree of Go packages. Packages are named by their unit: the first
// folder below internal, or "cmd".
type Rules struct {
	// Module is the module path, without a trailing slash.
	Module string
	// Layers lists units from the lowest to the highest. A unit imports lower layers only.
	Layers [][]string
	// Sideways allows imports within a layer, importing unit → imported units.
	Sideways map[string][]string
	// Support units are outside the layers, see Support.
	Support map[string]Support
	// StandardOnly units import only the standard library and this module.
	StandardOnly []string
	// Implementations are package paths below internal that only Wiring may import.
	Implementations []string
	// Wiring is the unit that names implementations.
	Wiring string
	// Domain units take time and output as arguments.
	Domain []string
	// Calls forbidden in Domain units, as "import path.Name"; a trailing * matches any ending.
	Calls []string
	// Names that no package and no package folder may have, in the singular.
	Names []string
}

// Support is a unit outside the layers.
type Support struct {
	// Imports are the units that it may import.
	Imports []string
	// Users are the units that may import it.
	Users []string
}

// House returns the rules of Thalweg itself; ARCHITECTURE.md explains them.
func House() Rules {
	return Rules{
		Module: "github.com/thalweg-data/thalweg",
		Layers: [][]string{
			{"catalog", "graph", "dbt", "sql", "search"},
			{"lineage", "outbound"},
			{"store", "blob", "bucket", "warehouse", "secret"},
			{"impact"},
			{"revision", "jobs", "projectdiff", "adopt"},
			{"editing"},
			{"readmodel", "importing", "syncing", "crawling", "retention", "webhook", "openlineage", "access"},
			{"httpserver", "export"},
			{"httpapi", "compat", "mcp"},
			{"app"},
			{"cli", "bench"},
			{"cmd", "faults"},
			{"e2e", "packaging"},
		},
		Sideways: map[string][]string{
			// Readers produce the catalog's types.
			"dbt": {"catalog"},
			// A view is made for a principal.
			"readmodel": {"access"},
			// A sync of a warehouse is a crawl.
			"syncing": {"crawling"},
		},
		Support: map[string]Support{
			"config":  {Imports: []string{"near"}, Users: []string{"app", "cli", "cmd"}},
			"durable": {Users: []string{"blob", "secret", "app"}},
			"sigv4":   {Users: []string{"blob", "bucket"}},
			"near":    {Users: []string{"graph", "lineage", "readmodel", "httpserver", "httpapi", "compat", "config", "cli"}},
			"turn":    {Users: []string{"readmodel", "httpserver"}},
			"observe": {Users: []string{"importing", "syncing", "crawling", "jobs", "httpserver", "httpapi", "compat", "mcp", "openlineage", "app", "cli", "cmd", "packaging"}},
		},
		StandardOnly:    []string{"catalog", "graph", "sql"},
		Implementations: []string{"store/sqlite", "store/postgres", "blob/fs", "blob/s3", "bucket/s3", "bucket/azure", "warehouse/postgres", "warehouse/snowflake", "warehouse/bigquery"},
		Wiring:          "app",
		Domain:          []string{"catalog", "graph", "dbt", "sql", "search", "lineage", "revision", "jobs", "readmodel", "importing", "editing"},
		Calls:           []string{"time.Now", "time.Since", "time.Until", "fmt.Print*", "log.*"},
		Names:           []string{"helper", "util", "common", "manager", "entity", "item", "object", "data", "info"},
	}
}
