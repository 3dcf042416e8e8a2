package gen

import "fmt"

// dataTest is a generic test of a model's column.
type dataTest struct {
	kind   string // unique, not_null, accepted_values, relationships
	column columnName
	to     parent     // relationships: the table that must hold the value
	field  columnName // relationships: its column
}

// acceptedValues are what the case expressions of formBand give.
var acceptedValues = [...]string{"low", "medium", "high"}

// dataTests returns the tests of a model: its key is unique, not null and known to
// the parent (or has a column of accepted values); further columns are not null.
func (p *Plan) dataTests(i int) []dataTest {
	m := &p.models[i]
	key := p.column(parent(i), 0)
	tests := []dataTest{{kind: "unique", column: key}, {kind: "not_null", column: key}, p.thirdTest(i)}
	for n := 2; len(tests) < p.project.TestsPerModel && n < m.originals(); n++ {
		tests = append(tests, dataTest{kind: "not_null", column: p.column(parent(i), p.original(parent(i), n))})
	}
	return tests[:min(len(tests), p.project.TestsPerModel)]
}

func (p *Plan) thirdTest(i int) dataTest {
	m := &p.models[i]
	key := p.column(parent(i), 0)
	if from := m.parents[0]; !from.isSource() {
		return dataTest{kind: "relationships", column: key, to: from, field: p.column(from, 0)}
	}
	for _, e := range m.expressions {
		if e.name.suffix == suffixBand || e.name.typ() == typeText {
			return dataTest{kind: "accepted_values", column: e.name}
		}
	}
	return dataTest{kind: "not_null", column: p.column(parent(i), p.original(parent(i), 1))}
}

func (t dataTest) isRelationship() bool { return t.kind == "relationships" }

// parents are what the test reads: the tested model last, as dbt lists them.
func (t dataTest) parents(i int) []parent {
	if t.isRelationship() {
		return []parent{t.to, parent(i)}
	}
	return []parent{parent(i)}
}

func (p *Plan) testName(i int, t dataTest) string {
	name := t.kind + "_" + p.names[i] + "_" + t.column.String()
	switch t.kind {
	case "relationships":
		return name + "__" + t.field.String() + "__ref_" + p.names[t.to] + "_"
	case "accepted_values":
		return name + "__low__medium__high"
	default:
		return name
	}
}

func (p *Plan) testID(name string) string {
	return fmt.Sprintf("test.%s.%s.%010x", p.project.Name, name, newRandom(0, name, 0).next()>>24)
}

// testAlias shortens a name that PostgreSQL would not take, as dbt does.
func testAlias(name string) string {
	if len(name) < 64 {
		return name
	}
	r := newRandom(0, name, 1)
	return fmt.Sprintf("%s_%016x%016x", name[:30], r.next(), r.next())
}

func (p *Plan) testNode(w *jsonWriter, i int, t dataTest) {
	name := p.testName(i, t)
	id, alias := p.testID(name), testAlias(name)
	configured, raw, aliasConfig := "null", "{{ test_"+t.kind+"(**_dbt_generic_test_kwargs) }}", "{}"
	if alias != name {
		configured = `"` + alias + `"`
		raw += `{{ config(alias="` + alias + `") }}`
		aliasConfig = `{"alias": "` + alias + `"}`
	}
	model := "{{ get_where_subquery(ref('" + p.names[i] + "')) }}"
	parents := t.parents(i)

	w.key(id)
	w.open('{')
	w.text("database", database)
	w.text("schema", "dbt_test__audit")
	w.text("name", name)
	w.text("resource_type", "test")
	w.text("package_name", p.project.Name)
	w.text("path", alias+".sql")
	w.text("original_file_path", "models/"+p.yamlPath(i))
	w.text("unique_id", id)
	w.list("fqn", p.project.Name, p.models[i].layer(), p.area(i), name)
	w.text("alias", alias)
	w.literal("checksum", `{"name": "none", "checksum": ""}`)
	w.literal("config", `{"enabled": true, "alias": `+configured+`, "schema": "dbt_test__audit", "database": null, `+
		`"tags": [], "meta": {}, "group": null, "materialized": "test", "severity": "`+t.severity()+`", `+
		`"store_failures": null, "store_failures_as": null, "where": null, "limit": null, `+
		`"fail_calc": "count(*)", "warn_if": "!= 0", "error_if": "!= 0"}`)
	w.pairs("tags", "[]", "description", `""`, "columns", "{}", "meta", "{}", "group", "null", "docs", shownDocs,
		"patch_path", "null", "build_path", "null", "unrendered_config", aliasConfig)
	p.createdAt(w, i)
	w.literal("relation_name", "null")
	w.text("raw_code", raw)
	w.pairs("doc_blocks", "[]", "language", `"sql"`)
	p.references(w, parents)
	w.literal("metrics", "[]")
	p.dependsOn(w, []string{"macro.dbt.test_" + t.kind, "macro.dbt.get_where_subquery"}, parents)
	w.text("compiled_path", "target/compiled/"+p.project.Name+"/models/"+p.yamlPath(i)+"/"+alias+".sql")
	w.literal("compiled", "true")
	w.text("compiled_code", p.testSQL(i, t))
	w.pairs("extra_ctes_injected", "true", "extra_ctes", "[]",
		"contract", `{"enforced": false, "alias_types": true, "checksum": null}`)
	w.text("column_name", t.column.String())
	w.text("file_key_name", "models."+p.names[i])
	w.text("attached_node", p.uniqueID(parent(i)))
	p.testMetadata(w, t, model)
	w.close('}')
}

// severity lets relationships warn only.
func (t dataTest) severity() string {
	if t.isRelationship() {
		return "WARN"
	}
	return "ERROR"
}

func (p *Plan) testMetadata(w *jsonWriter, t dataTest, model string) {
	w.key("test_metadata")
	w.open('{')
	w.text("name", t.kind)
	w.key("kwargs")
	w.open('{')
	w.text("column_name", t.column.String())
	switch t.kind {
	case "relationships":
		w.text("to", "ref('"+p.names[t.to]+"')")
		w.text("field", t.field.String())
	case "accepted_values":
		w.list("values", acceptedValues[:]...)
	}
	w.text("model", model)
	w.close('}')
	w.literal("namespace", "null")
	w.close('}')
}

func (p *Plan) testSQL(i int, t dataTest) string {
	column, relation := t.column.String(), p.relationName(parent(i))
	switch t.kind {
	case "unique":
		return "\n    \n    \n\nselect\n    " + column + " as unique_field,\n    count(*) as n_records\n\nfrom " + relation +
			"\nwhere " + column + " is not null\ngroup by " + column + "\nhaving count(*) > 1\n\n\n"
	case "not_null":
		return "\n    \n    \n\n\n\nselect " + column + "\nfrom " + relation + "\nwhere " + column + " is null\n\n\n"
	case "accepted_values":
		return "\n    \n    \n\nwith all_values as (\n\n    select\n        " + column + " as value_field,\n        count(*) as n_records\n\n    from " +
			relation + "\n    group by " + column + "\n\n)\n\nselect *\nfrom all_values\nwhere value_field not in (\n    'low','medium','high'\n)\n\n\n"
	default:
		return "\n    \n    \n\nwith child as (\n    select " + column + " as from_field\n    from " + relation + "\n    where " + column +
			" is not null\n),\n\nparent as (\n    select " + t.field.String() + " as to_field\n    from " + p.relationName(t.to) +
			"\n)\n\nselect\n    from_field\n\nfrom child\nleft join parent\n    on child.from_field = parent.to_field\n\nwhere parent.to_field is null\n\n\n"
	}
}
