package gen

import (
	"fmt"
	"math"
	"slices"
)

// The longest chain of a large project is maxLevels models. Nine tenths of the models
// are within broadLevels of the sources, as in real projects; the last tenth makes the
// long chains, a few models per level.
const (
	maxLevels   = 64
	broadLevels = 16
)

// maxParents bounds what one model reads.
const maxParents = 8

// hubPercents are the shares of the models above staging that read hub 0, 1, and so on:
// hubs are the first staging models, read as every project reads its calendar and its
// customers. At 10,000 models the first one has more than 500 children.
var hubPercents = [...]int{8, 4, 2, 1}

// Plan holds the graph of a project and the columns of every model, some hundred bytes
// per model; texts are generated while they are written.
type Plan struct {
	project  Project
	sources  [][]columnName
	models   []model
	names    []string  // of the models
	children [][]int32 // by model: models that read it
	readers  [][]int32 // by source table: models that read it
	exposed  [][]int32 // by exposure: models it reads
}

type model struct {
	level       uint8
	shape       shape
	passed      uint16 // leading columns that come by "parent.*"
	staged      uint16 // trailing columns computed in a second step, from the first one's columns
	branches    uint8  // of shapeUnion: more branches than parents read the parents again
	comments    uint8  // lines of comment before the statement
	steps       []step // CTEs after the columns are computed, which pass every column on
	extra       uint16 // columns that Churn.AddColumns brought, here or further up
	revision    uint16
	grows       bool // gets one more column than it had
	removed     bool
	parents     []parent
	expressions []expression
}

// parent is a model's index, or the bitwise complement of a source table's.
type parent int32

func (p parent) isSource() bool { return p < 0 }

func (p parent) source() int { return int(^p) }

// originals is the number of columns without those that Churn.AddColumns brought.
func (m *model) originals() int { return len(m.expressions) - int(m.extra) }

// Plan works the project out. It fails on numbers out of range.
func (p Project) Plan() (*Plan, error) {
	p = p.withDefaults()
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("project to generate: %w", err)
	}
	plan := &Plan{
		project:  p,
		sources:  make([][]columnName, p.Sources),
		models:   make([]model, p.Models),
		children: make([][]int32, p.Models),
		readers:  make([][]int32, p.Sources),
	}
	for i := range plan.sources {
		plan.sources[i] = sourceColumns(p, i)
	}
	plan.connect()
	plan.churn()
	plan.names = make([]string, p.Models)
	for i := range plan.models {
		plan.compose(i)
		plan.names[i] = plan.nameModel(i)
	}
	plan.expose()
	return plan, nil
}

func sourceColumns(p Project, index int) []columnName {
	r := newRandom(p.Seed, "source", index)
	want := max(4, p.Columns*6/5)
	own := uint8(index % len(nouns))
	columns := make([]columnName, 0, want)
	taken := map[columnName]bool{}
	for attribute := 0; len(columns) < want; attribute++ {
		name := columnName{noun: own, attribute: uint8(attribute)}
		if attribute >= len(attributes) {
			name = columnName{noun: uint8(r.below(len(nouns))), attribute: uint8(r.below(len(attributes)))}
		} else if attribute > 0 && r.percent(40) {
			continue
		}
		if !taken[name] {
			taken[name] = true
			columns = append(columns, name)
		}
	}
	return columns
}

// connect assigns every model a level and its parents: a quarter of the models
// read sources, the others read a model of the level below, perhaps hubs and
// perhaps further models; a few read many.
func (p *Plan) connect() {
	starts := p.assignLevels()
	for i := range p.models {
		m := &p.models[i]
		r := newRandom(p.project.Seed, "parents", i)
		if m.level == 0 {
			p.readSource(i, i%p.project.Sources)
			if r.percent(10) {
				p.readSource(i, r.below(p.project.Sources))
			}
			continue
		}
		below, here := starts[m.level-1], starts[m.level]
		p.readModel(i, below+r.below(here-below))
		for n := r.below(100); n > 35 && len(m.parents) < 3; n -= 45 {
			p.readModel(i, r.below(here))
		}
		if r.percent(8) {
			for range 1 + r.below(maxParents) {
				p.readModel(i, r.below(here))
			}
		}
		for hub, percent := range hubPercents {
			if r.percent(percent) && hub < starts[1] {
				p.readModel(i, hub)
			}
		}
	}
}

// assignLevels returns the first model of every level. Levels grow smaller
// towards the end, as marts are fewer than what they are made of.
func (p *Plan) assignLevels() []int {
	count := len(p.models)
	staging := (count + 3) / 4
	rest := count - staging
	levels := min(maxLevels-1, rest)
	starts := []int{0}
	for i := range p.models {
		if i < staging {
			continue
		}
		level := 1 + levelAt(float64(i-staging)/float64(rest), levels)
		// Small projects: never skip a level.
		level = min(level, len(starts))
		if level == len(starts) {
			starts = append(starts, i)
		}
		p.models[i].level = uint8(level)
	}
	return starts
}

// levelAt returns the level above staging of the model at x, 0 to 1, of the models
// above staging: nine tenths of them are on the lowest levels.
func levelAt(x float64, levels int) int {
	const broad = 0.9
	wide := min(broadLevels, levels)
	if x < broad {
		return int(float64(wide) * math.Pow(x/broad, 1.4))
	}
	return wide + int(float64(levels-wide)*(x-broad)/(1-broad))
}

func (p *Plan) readSource(model, source int) {
	if p.addParent(model, parent(^source)) {
		p.readers[source] = append(p.readers[source], int32(model))
	}
}

func (p *Plan) readModel(model, from int) {
	if p.addParent(model, parent(from)) {
		p.children[from] = append(p.children[from], int32(model))
	}
}

func (p *Plan) addParent(model int, from parent) bool {
	m := &p.models[model]
	if len(m.parents) == maxParents || slices.Contains(m.parents, from) {
		return false
	}
	m.parents = append(m.parents, from)
	return true
}

// column returns the name of a column of a model's parent.
func (p *Plan) column(from parent, index uint16) columnName {
	if from.isSource() {
		return p.sources[from.source()][index]
	}
	return p.models[from].expressions[index].name
}

func (p *Plan) columnCount(from parent) int {
	if from.isSource() {
		return len(p.sources[from.source()])
	}
	return len(p.models[from].expressions)
}

func (p *Plan) originalCount(from parent) int {
	if from.isSource() {
		return len(p.sources[from.source()])
	}
	return p.models[from].originals()
}

// original returns the index of a parent's n-th original column.
func (p *Plan) original(from parent, n int) uint16 {
	if from.isSource() || p.models[from].extra == 0 {
		return uint16(n)
	}
	at := -1
	for columns := p.models[from].expressions; n >= 0; n-- {
		for at++; columns[at].name.suffix == suffixAdded; at++ {
		}
	}
	return uint16(at)
}
