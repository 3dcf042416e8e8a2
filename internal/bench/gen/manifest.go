package gen

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
)

const dbtVersion = "1.10.22"

// WriteManifest writes manifest.json, as a stream.
func (p *Plan) WriteManifest(out io.Writer) error {
	w := newJSONWriter(out)
	w.open('{')
	p.metadata(w, "manifest/v12", "build", 40_000, func() {
		w.text("project_name", p.project.Name)
		sum := sha256.Sum256([]byte(p.project.Name))
		w.text("project_id", hex.EncodeToString(sum[:16]))
		w.pairs("user_id", "null", "send_anonymous_usage_stats", "false")
		w.text("adapter_type", "postgres")
		w.literal("quoting", `{"database": true, "schema": true, "identifier": true, "column": null}`)
	})
	w.key("nodes")
	w.open('{')
	p.eachModel(func(i int) {
		p.modelNode(w, i)
		for _, test := range p.dataTests(i) {
			p.testNode(w, i, test)
		}
	})
	w.close('}')
	w.key("sources")
	w.open('{')
	for s := range p.sources {
		p.sourceNode(w, s)
	}
	w.close('}')
	p.macros(w)
	w.pairs("docs", "{}")
	w.key("exposures")
	w.open('{')
	for e := range p.exposed {
		p.exposureNode(w, e)
	}
	w.close('}')
	w.pairs("metrics", "{}", "groups", "{}", "selectors", "{}", "disabled", "{}")
	p.parentMap(w)
	p.childMap(w)
	w.pairs("group_map", "{}", "saved_queries", "{}", "semantic_models", "{}", "unit_tests", "{}")
	w.close('}')
	return w.end()
}

// eachModel calls back for every model that was not removed.
func (p *Plan) eachModel(do func(i int)) {
	for i := range p.models {
		if !p.models[i].removed {
			do(i)
		}
	}
}

// metadata writes what every artifact starts with; more adds the artifact's own keys.
func (p *Plan) metadata(w *jsonWriter, version, command string, milliseconds int, more func()) {
	w.key("metadata")
	w.open('{')
	w.text("dbt_schema_version", "https://schemas.getdbt.com/dbt/"+version+".json")
	w.text("dbt_version", dbtVersion)
	w.text("generated_at", p.at(milliseconds).Format(timeLayout))
	w.text("invocation_id", p.invocationID(command))
	w.text("invocation_started_at", p.at(0).Format(timeLayout))
	w.literal("env", "{}")
	if more != nil {
		more()
	}
	w.close('}')
}

func (p *Plan) modelNode(w *jsonWriter, i int) {
	m := &p.models[i]
	name, id := p.names[i], p.uniqueID(parent(i))
	raw := string(p.appendSQL(nil, i, true))
	compiled := string(p.appendSQL(nil, i, false))
	tags := `["` + m.layer() + `", "` + p.area(i) + `"]`
	meta := `{"owner": "@` + p.area(i) + `"}`

	w.key(id)
	w.open('{')
	w.text("database", database)
	w.text("schema", p.schemaName(i))
	w.text("name", name)
	w.text("resource_type", "model")
	w.text("package_name", p.project.Name)
	w.text("path", p.modelPath(i))
	w.text("original_file_path", "models/"+p.modelPath(i))
	w.text("unique_id", id)
	w.list("fqn", p.project.Name, m.layer(), p.area(i), name)
	w.text("alias", name)
	p.checksum(w, raw)
	p.modelConfig(w, i, tags, meta)
	w.literal("tags", tags)
	w.text("description", p.modelDescription(i))
	p.modelColumns(w, i)
	w.pairs("meta", meta, "group", "null", "docs", shownDocs)
	w.text("patch_path", p.project.Name+"://models/"+p.yamlPath(i))
	w.literal("build_path", "null")
	w.literal("unrendered_config", `{"materialized": "`+m.materialized()+`", "schema": "`+p.schemaName(i)+
		`", "tags": `+tags+`, "meta": `+meta+`}`)
	p.createdAt(w, i)
	w.text("relation_name", p.relationName(parent(i)))
	w.text("raw_code", raw)
	w.pairs("doc_blocks", "[]", "language", `"sql"`)
	p.references(w, m.parents)
	w.literal("metrics", "[]")
	p.dependsOn(w, nil, m.parents)
	w.text("compiled_path", "target/compiled/"+p.project.Name+"/models/"+p.modelPath(i))
	w.literal("compiled", "true")
	w.text("compiled_code", compiled)
	w.pairs("extra_ctes_injected", "true", "extra_ctes", "[]",
		"contract", `{"enforced": false, "alias_types": true, "checksum": null}`,
		"access", `"protected"`, "constraints", "[]", "version", "null", "latest_version", "null",
		"deprecation_date", "null")
	p.primaryKey(w, i)
	w.literal("time_spine", "null")
	w.close('}')
}

const shownDocs = `{"show": true, "node_color": null}`

func (p *Plan) modelConfig(w *jsonWriter, i int, tags, meta string) {
	w.key("config")
	w.open('{')
	w.pairs("enabled", "true", "alias", "null")
	w.text("schema", p.schemaName(i))
	w.pairs("database", "null", "tags", tags, "meta", meta, "group", "null")
	w.text("materialized", p.models[i].materialized())
	w.pairs("incremental_strategy", "null", "batch_size", "null", "lookback", "1", "begin", "null",
		"persist_docs", "{}", "post-hook", "[]", "pre-hook", "[]", "quoting", "{}", "column_types", "{}",
		"full_refresh", "null", "unique_key", "null", "on_schema_change", `"ignore"`,
		"on_configuration_change", `"apply"`, "grants", "{}", "packages", "[]", "docs", shownDocs,
		"contract", `{"enforced": false, "alias_types": true}`, "event_time", "null",
		"concurrent_batches", "null", "access", `"protected"`, "freshness", "null")
	w.close('}')
}

func (p *Plan) checksum(w *jsonWriter, raw string) {
	sum := sha256.Sum256([]byte(raw))
	w.literal("checksum", `{"name": "sha256", "checksum": "`+hex.EncodeToString(sum[:])+`"}`)
}

func (p *Plan) createdAt(w *jsonWriter, i int) {
	w.key("created_at")
	w.float(float64(p.at(2_000+i/10).UnixMilli())/1000, 3)
}

func (p *Plan) modelDescription(i int) string {
	m := &p.models[i]
	noun := nouns[p.noun(parent(i))]
	text := "One row per " + noun + ": " + verbs[i%len(verbs)] + " from " + strconv.Itoa(len(m.parents)) +
		" relation(s). Kept by the " + p.area(i) + " team \u2013 ask there before changing it."
	text = describe(newRandom(p.project.Seed, "description", i), text)
	if m.revision > 0 {
		text += " Rows before the cut-off are left out since revision " + strconv.Itoa(int(m.revision)) + "."
	}
	return text
}

// primaryKey writes the columns with a test for uniqueness, as dbt infers it.
func (p *Plan) primaryKey(w *jsonWriter, i int) {
	if p.project.TestsPerModel == 0 {
		w.list("primary_key")
		return
	}
	w.list("primary_key", p.column(parent(i), 0).String())
}

// documented reports whether the YAML lists a column: it lists three of ten.
func documented(at int) bool { return at%10 < 3 }

func (p *Plan) modelColumns(w *jsonWriter, i int) {
	w.key("columns")
	w.open('{')
	for at, e := range p.models[i].expressions {
		if documented(at) {
			columnNode(w, e.name, at)
		}
	}
	w.close('}')
}

func columnNode(w *jsonWriter, column columnName, at int) {
	name := column.String()
	r := newRandom(0, name, at)
	meta, tags := "{}", "[]"
	if r.percent(20) {
		n := r.below(len(columnTags))
		meta, tags = columnMeta[n], columnTags[n]
	}
	w.key(name)
	w.open('{')
	w.text("name", name)
	w.text("description", columnDescription(r, column))
	w.literal("meta", meta)
	w.text("data_type", column.typ().String())
	w.pairs("constraints", "[]", "quote", "null", "config", `{"meta": `+meta+`, "tags": `+tags+`}`,
		"tags", tags, "granularity", "null", "doc_blocks", "[]")
	w.close('}')
}

// columnDescription leaves one in five columns undescribed.
func columnDescription(r *random, column columnName) string {
	if r.percent(20) {
		return ""
	}
	return describe(r, "The "+nouns[column.noun]+"'s "+attributes[column.attribute].name+".")
}

// references writes refs and sources.
func (p *Plan) references(w *jsonWriter, parents []parent) {
	w.key("refs")
	w.open('[')
	for _, from := range parents {
		if !from.isSource() {
			w.raw(`{"name": "` + p.names[from] + `", "package": null, "version": null}`)
		}
	}
	w.close(']')
	w.key("sources")
	w.open('[')
	for _, from := range parents {
		if from.isSource() {
			group, table := p.sourceName(from.source())
			w.raw(`["` + group + `", "` + table + `"]`)
		}
	}
	w.close(']')
}

func (p *Plan) dependsOn(w *jsonWriter, macros []string, parents []parent) {
	w.key("depends_on")
	w.open('{')
	w.list("macros", macros...)
	w.list("nodes", p.uniqueIDs(parents)...)
	w.close('}')
}

func (p *Plan) uniqueIDs(of []parent) []string {
	ids := make([]string, len(of))
	for i, one := range of {
		ids[i] = p.uniqueID(one)
	}
	return ids
}

func (p *Plan) exposureNode(w *jsonWriter, e int) {
	name := fmt.Sprintf("dashboard_%04d", e)
	parents := make([]parent, len(p.exposed[e]))
	for i, read := range p.exposed[e] {
		parents[i] = parent(read)
	}
	w.key(p.exposureID(e))
	w.open('{')
	w.text("name", name)
	w.text("resource_type", "exposure")
	w.text("package_name", p.project.Name)
	w.pairs("path", `"exposures.yml"`, "original_file_path", `"models/exposures.yml"`)
	w.text("unique_id", p.exposureID(e))
	w.list("fqn", p.project.Name, name)
	w.pairs("type", `"dashboard"`, "owner", `{"email": "bi@example.com", "name": "BI"}`)
	w.text("description", "Dashboard "+strconv.Itoa(e)+" of the weekly review.")
	w.pairs("label", "null", "maturity", `"high"`, "meta", "{}", "tags", "[]",
		"config", `{"enabled": true, "tags": [], "meta": {}}`, "unrendered_config", "{}")
	w.text("url", "https://bi.example.com/dashboards/"+strconv.Itoa(e))
	p.dependsOn(w, nil, parents)
	p.references(w, parents)
	w.literal("metrics", "[]")
	p.createdAt(w, e)
	w.close('}')
}
