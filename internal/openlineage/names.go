package openlineage

import (
	"cmp"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// platforms are the adapters of the databases in namespaces, by the scheme of the standard's naming rules.
var platforms = map[string]string{
	"postgres": "postgres", "postgresql": "postgres", "redshift": "redshift", "snowflake": "snowflake", "bigquery": "bigquery",
	"mysql": "mysql", "mssql": "sqlserver", "sqlserver": "sqlserver", "azure_synapse": "synapse", "oracle": "oracle", "trino": "trino",
	"presto": "trino", "awsathena": "athena", "athena": "athena", "databricks": "databricks", "unitycatalog": "databricks", "hive": "spark",
	"spark": "spark", "duckdb": "duckdb", "clickhouse": "clickhouse", "teradata": "teradata", "vertica": "vertica", "sqlite": "sqlite",
	"crate": "postgres", "cockroachdb": "postgres",
}

// Resolve returns the relation that a dataset is, by the standard's naming rules; otherwise why there is none.
func Resolve(namespace, name string) (relation catalog.Relation, reason string) {
	platform, reason := platformOf(namespace)
	if reason != "" {
		return relation, reason
	}
	if glue, ok := strings.CutPrefix(name, "table/"); ok && strings.HasPrefix(namespace, "arn:") {
		name = strings.ReplaceAll(glue, "/", ".")
	}
	relation, ok := catalog.ParseRelationName(platform, name)
	if !ok {
		if relation, ok = plainRelation(platform, name); !ok {
			return catalog.Relation{}, "the name does not consist of up to three parts: database, schema and table"
		}
	}
	if relation.Schema == "" || relation.Identifier == "" {
		return catalog.Relation{}, "the name has no schema"
	}
	return relation, ""
}

func platformOf(namespace string) (platform, reason string) {
	scheme, _, found := strings.Cut(namespace, "://")
	if !found {
		if strings.HasPrefix(namespace, "arn:aws:glue:") {
			return "spark", ""
		}
		scheme, _, _ = strings.Cut(namespace, ":")
	}
	if platform = platforms[strings.ToLower(scheme)]; platform == "" {
		return "", "the namespace is not of a database"
	}
	return platform, ""
}

// plainRelation reads parts with characters that would need quotes, such as a dash.
func plainRelation(platform, name string) (catalog.Relation, bool) {
	parts := strings.Split(name, ".")
	if len(parts) < 2 || len(parts) > 3 || strings.ContainsAny(name, "\"`[]/\\ ()") {
		return catalog.Relation{}, false
	}
	last := len(parts) - 1
	r := catalog.Relation{Platform: platform, Schema: parts[last-1], Identifier: parts[last], Text: name}
	if last == 2 {
		r.Database = parts[0]
	}
	return r, r.Schema != "" && r.Identifier != ""
}

// Resolve returns the relation of a dataset, by its own name or else by a symbolic name of it.
func (d *DataState) Resolve() (catalog.Relation, string) {
	relation, reason := Resolve(d.Namespace, d.Name)
	for _, other := range d.Names {
		if reason == "" {
			break
		}
		if r, why := Resolve(other.Namespace, other.Name); why == "" {
			return r, ""
		}
	}
	return relation, reason
}

func compareNames(a, b DataName) int {
	return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
}
