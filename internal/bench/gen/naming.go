package gen

import (
	"fmt"
	"strings"
)

const database = "analytics"

// areas are folders, source names and schemas: a model belongs to the area of its key's noun.
var areas = [...]string{"finance", "growth", "logistics", "sales", "product", "support"}

var verbs = [...]string{"joined", "filtered", "daily", "pivoted", "ranked", "enriched", "deduplicated", "by_region"}

// martLevel is the lowest level of marts.
const martLevel = 9

func (p *Plan) area(i int) string { return areas[int(p.noun(parent(i)))%len(areas)] }

func (p *Plan) noun(of parent) uint8 { return p.column(of, 0).noun }

func (p *Plan) nameModel(i int) string {
	things := plural(nouns[p.noun(parent(i))])
	switch level := p.models[i].level; {
	case level == 0:
		return fmt.Sprintf("stg_%s__%s_%05d", p.area(i), things, i)
	case level < martLevel:
		return fmt.Sprintf("int_%s_%s_%05d", things, verbs[i%len(verbs)], i)
	default:
		return fmt.Sprintf("%s_%s_%05d", [...]string{"fct", "dim", "rpt"}[i%3], things, i)
	}
}

func plural(noun string) string {
	switch {
	case strings.HasSuffix(noun, "s"):
		return noun + "es"
	case strings.HasSuffix(noun, "ry"), strings.HasSuffix(noun, "cy"):
		return noun[:len(noun)-1] + "ies"
	default:
		return noun + "s"
	}
}

// layer is the first folder below models/ and the start of the schema's name.
func (m *model) layer() string {
	switch {
	case m.level == 0:
		return "staging"
	case m.level < martLevel:
		return "intermediate"
	default:
		return "marts"
	}
}

var materializations = [...]string{"view", "table", "table", "incremental"}

// materialized depends on the layer and, within it, on the number of columns,
// which no churn but an added column changes.
func (m *model) materialized() string {
	switch {
	case m.level == 0:
		return "view"
	case m.level < martLevel:
		return materializations[m.originals()%2]
	default:
		return materializations[1+m.originals()%3]
	}
}

func (p *Plan) schemaName(i int) string { return p.models[i].layer() + "_" + p.area(i) }

// sourceName returns the source's name and the table's.
func (p *Plan) sourceName(source int) (group, table string) {
	noun := p.sources[source][0].noun
	return "raw_" + areas[int(noun)%len(areas)], fmt.Sprintf("%s_%04d", plural(nouns[noun]), source)
}

func (p *Plan) relationName(of parent) string {
	if of.isSource() {
		group, table := p.sourceName(of.source())
		return quoted(database, group, table)
	}
	return quoted(database, p.schemaName(int(of)), p.names[of])
}

func quoted(database, schema, identifier string) string {
	return `"` + database + `"."` + schema + `"."` + identifier + `"`
}

func (p *Plan) uniqueID(of parent) string {
	if of.isSource() {
		group, table := p.sourceName(of.source())
		return "source." + p.project.Name + "." + group + "." + table
	}
	return "model." + p.project.Name + "." + p.names[of]
}

func (p *Plan) modelPath(i int) string {
	return p.models[i].layer() + "/" + p.area(i) + "/" + p.names[i] + ".sql"
}

func (p *Plan) yamlPath(i int) string {
	return p.models[i].layer() + "/" + p.area(i) + "/_" + p.area(i) + "__models.yml"
}
