package mcp

import "github.com/modelcontextprotocol/go-sdk/mcp"

// addTools adds every tool.
func addTools(s *mcp.Server, c *caller) {
	add(s, c, tool{"list_schemas", "List schemas", "Schemas (one per environment) with version, tables, dbt projects and last import. Start here if tools ask for a schema."}, listSchemas)
	add(s, c, tool{"search", "Search the catalog", "Finds assets by words of names, columns, tags, owners, descriptions and SQL, best first. Filters in the query: kind:model tag:pii owner:finance column:email package:shop group:core materialized:view has:description status:error test:fail; a minus excludes. Only filters list everything they let through."}, searchAssets)
	add(s, c, tool{"get_asset", "Read an asset", "One table, exposure, metric or the like: description, owners, tags, columns, direct parents and children, tests, last run, freshness."}, getAsset)
	add(s, c, tool{"get_code", "Read the SQL of an asset", "Compiled SQL, or the source with its jinja, in parts."}, getCode)
	add(s, c, tool{"get_lineage", "Read table lineage", "What an asset is made of and what is made of it, nearest first, each with its direct parents. Takes an asset with direction and depth, or a dbt selector such as 2+orders or tag:nightly+."}, getLineage)
	add(s, c, tool{"get_column_lineage", "Read column lineage", "Columns that a column derives from and that derive from it, nearest first, with the SQL expression of each, how its values are made, and the columns that decide which rows there are."}, getColumnLineage)
	add(s, c, tool{"get_impact", "What a change reaches", "Tables, columns, exposures, metrics and owners that a change to an asset or to one of its columns reaches, each with the reason. Ask before changing or removing something."}, getImpact)
	add(s, c, tool{"list_changes", "What changed", "What changed between two versions or times, or in the life of one asset: fields, columns, lineage, with cause and author; oldest first, of one asset newest first."}, listChanges)
	add(s, c, tool{"list_tests", "List data tests", "Data tests with their latest results, of a schema or of an asset; status=fail lists those that fail."}, listTests)
	add(s, c, tool{"list_runs", "List runs", "dbt invocations, newest first, with counts of results; of one asset its results over time; with run the results of one invocation, such as its errors."}, listRuns)
	add(s, c, tool{"list_freshness", "List source freshness", "How old the data of sources was when dbt last looked, and what is demanded."}, listFreshness)
}
