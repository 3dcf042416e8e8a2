package dialect

import (
	"slices"
	"strings"
)

// byName holds every dialect by its name and its aliases.
var byName = map[string]*Dialect{
	"ansi":       ansi,
	"postgres":   postgres,
	"postgresql": postgres,
	"redshift":   redshift,
	"snowflake":  snowflake,
	"bigquery":   bigquery,
	"databricks": databricks,
	"spark":      spark,
	"hive":       hive,
	"duckdb":     duckdb,
	"trino":      trino,
	"presto":     trino,
	"athena":     athena,
	"tsql":       tsql,
	"sqlserver":  tsql,
	"fabric":     tsql,
	"synapse":    tsql,
	"clickhouse": clickhouse,
	"mysql":      mysql,
	"mariadb":    mariadb,
	"oracle":     oracle,
	"starrocks":  starrocks,
	"doris":      doris,
	"vertica":    vertica,
	"sqlite":     sqlite,
	"teradata":   teradata,
}

// Default is the permissive dialect for databases that are not known: it takes
// whatever does not contradict standard SQL.
var Default = ansi

// ByName finds a dialect by its name or an alias, without regard to case.
func ByName(name string) (*Dialect, bool) {
	d, ok := byName[strings.ToLower(strings.TrimSpace(name))]
	return d, ok
}

// Names are the canonical names of all dialects, sorted.
func Names() []string {
	var names []string
	for name, d := range byName {
		if name == d.Name {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
