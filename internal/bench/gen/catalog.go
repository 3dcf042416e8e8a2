package gen

import "io"

// WriteCatalog writes catalog.json, as a stream: every table with every column.
func (p *Plan) WriteCatalog(out io.Writer) error {
	w := newJSONWriter(out)
	w.open('{')
	p.metadata(w, "catalog/v1", "docs generate", 60_000, nil)
	w.key("nodes")
	w.open('{')
	p.eachModel(func(i int) {
		columns := make([]columnName, len(p.models[i].expressions))
		for at, e := range p.models[i].expressions {
			columns[at] = e.name
		}
		kind := "BASE TABLE"
		if p.models[i].materialized() == "view" {
			kind = "VIEW"
		}
		catalogTable(w, p.uniqueID(parent(i)), kind, p.schemaName(i), p.names[i], columns)
	})
	w.close('}')
	w.key("sources")
	w.open('{')
	for s, columns := range p.sources {
		group, table := p.sourceName(s)
		catalogTable(w, p.uniqueID(parent(^s)), "BASE TABLE", group, table, columns)
	}
	w.close('}')
	w.pairs("errors", "null")
	w.close('}')
	return w.end()
}

func catalogTable(w *jsonWriter, id, kind, schema, name string, columns []columnName) {
	w.key(id)
	w.open('{')
	w.key("metadata")
	w.open('{')
	w.text("type", kind)
	w.text("schema", schema)
	w.text("name", name)
	w.text("database", database)
	w.pairs("comment", "null", "owner", `"dbt"`)
	w.close('}')
	w.key("columns")
	w.open('{')
	for at, column := range columns {
		name := column.String()
		w.key(name)
		w.open('{')
		w.text("type", catalogType(column.typ()))
		w.count("index", at+1)
		w.text("name", name)
		w.literal("comment", "null")
		w.close('}')
	}
	w.close('}')
	w.literal("stats", `{"has_stats": {"id": "has_stats", "label": "Has Stats?", "value": false, "include": false, `+
		`"description": "Indicates whether there are statistics for this table"}}`)
	w.text("unique_id", id)
	w.close('}')
}

// catalogType is the type as PostgreSQL's catalog gives it: without precision.
func catalogType(t columnType) string {
	if t == typeNumeric {
		return "numeric"
	}
	return t.String()
}
