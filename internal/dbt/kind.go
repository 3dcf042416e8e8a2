package dbt

import "strings"

// Kind is the kind of an artifact.
type Kind string

// The kinds of artifacts.
const (
	Manifest         Kind = "manifest"
	Catalog          Kind = "catalog"
	RunResults       Kind = "run_results"
	Sources          Kind = "sources"
	SemanticManifest Kind = "semantic_manifest"
	// NodeColumns is a table of the index that dbt 2 writes, in Parquet.
	NodeColumns Kind = "node_columns"
)

// maxSchemaVersion is the highest schema version that is read; above it the file is refused, because a
// format that far away is likelier to be misread than read.
const maxSchemaVersion = 29

// hasVersion reports whether v is a schema version of kind that dbt is known to have written.
func (k Kind) hasVersion(v int) bool {
	switch k {
	case Manifest:
		return v >= 1 && v <= 12 || v == 20
	case RunResults:
		return v >= 1 && v <= 6
	case Sources:
		return v >= 1 && v <= 3
	case Catalog, SemanticManifest:
		return v == 1
	}
	return false
}

// parseSchemaURL splits metadata.dbt_schema_version, such as
// https://schemas.getdbt.com/dbt/run-results/v6.json, into a kind and a version. The URL is never fetched.
// A missing part is "" or -1.
func parseSchemaURL(url string) (Kind, int) {
	kind, version := Kind(""), -1
	if _, rest, ok := strings.Cut(url, "/dbt/"); ok {
		name, _, _ := strings.Cut(rest, "/")
		switch name {
		case "manifest", "catalog", "sources":
			kind = Kind(name)
		case "run-results":
			kind = RunResults
		}
	}
	if i := strings.Index(url, "/v"); i >= 0 {
		version = leadingInt(url[i+2:])
	}
	return kind, version
}

// leadingInt reads the digits at the start of s; -1 if there are none, a large number if there are too many.
func leadingInt(s string) int {
	n := -1
	for i := 0; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		n = max(n, 0)*10 + int(s[i]-'0')
		if n > 1_000_000 {
			return 1_000_000
		}
	}
	return n
}
