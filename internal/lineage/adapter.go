package lineage

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
)

// relatives are adapters whose name is not that of their dialect.
var relatives = map[string]string{
	"alloydb": "postgres", "cockroachdb": "postgres", "greenplum": "postgres", "materialize": "postgres",
	"netezza": "postgres", "risingwave": "postgres", "timescaledb": "postgres", "yellowbrick": "postgres", "cratedb": "postgres",
	"motherduck": "duckdb", "databricks_sql": "databricks", "glue": "spark", "fabricspark": "spark", "fabricsparknb": "spark",
	"maxcompute": "hive", "impala": "hive", "starburst": "trino", "trino_iceberg": "trino", "dremio": "ansi",
	"singlestore": "mysql", "tidb": "mysql", "azuresql": "tsql", "fabricdw": "tsql", "chdb": "clickhouse",
}

// DialectOf returns the dialect of dbt's adapter type. It is the adapter that
// decides, not the platform that stores the tables. An adapter that is not
// known gets the permissive default.
func DialectOf(adapter string) *dialect.Dialect {
	name := strings.ToLower(strings.TrimSpace(adapter))
	if relative, ok := relatives[name]; ok {
		name = relative
	}
	if d, ok := dialect.ByName(name); ok {
		return d
	}
	return dialect.Default
}
