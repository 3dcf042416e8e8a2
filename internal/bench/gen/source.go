package gen

func (p *Plan) sourceNode(w *jsonWriter, s int) {
	group, table := p.sourceName(s)
	id := p.uniqueID(parent(^s))
	const freshness = `{"warn_after": {"count": 12, "period": "hour"}, "error_after": {"count": 24, "period": "hour"}, "filter": null}`

	w.key(id)
	w.open('{')
	w.text("database", database)
	w.text("schema", group)
	w.text("name", table)
	w.text("resource_type", "source")
	w.text("package_name", p.project.Name)
	w.text("path", "models/staging/_"+group+"__sources.yml")
	w.text("original_file_path", "models/staging/_"+group+"__sources.yml")
	w.text("unique_id", id)
	w.list("fqn", p.project.Name, "staging", group, table)
	w.text("source_name", group)
	w.text("source_description", "Copied by the loader every hour.")
	w.text("loader", "loader")
	w.text("identifier", table)
	w.literal("quoting", `{"database": null, "schema": null, "identifier": null, "column": null}`)
	w.pairs("loaded_at_field", `"_loaded_at"`, "loaded_at_query", "null", "freshness", freshness, "external", "null")
	w.text("description", "Table "+table+" of the source system.")
	w.key("columns")
	w.open('{')
	for at, column := range p.sources[s] {
		if documented(at) {
			columnNode(w, column, at)
		}
	}
	w.close('}')
	w.pairs("meta", "{}", "source_meta", "{}", "tags", "[]",
		"config", `{"enabled": true, "event_time": null, "freshness": `+freshness+
			`, "loaded_at_field": "_loaded_at", "loaded_at_query": null, "meta": {}, "tags": []}`,
		"patch_path", "null",
		"unrendered_config", `{"freshness": `+freshness+`, "loaded_at_field": "_loaded_at"}`)
	w.text("relation_name", p.relationName(parent(^s)))
	p.createdAt(w, s)
	w.pairs("unrendered_database", "null", "unrendered_schema", "null", "doc_blocks", "[]")
	w.close('}')
}
