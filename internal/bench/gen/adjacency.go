package gen

// parentMap writes parent_map: depends_on of everything that has parents; for
// sources an empty list.
func (p *Plan) parentMap(w *jsonWriter) {
	w.key("parent_map")
	w.open('{')
	p.eachModel(func(i int) {
		w.list(p.uniqueID(parent(i)), p.uniqueIDs(p.models[i].parents)...)
		for _, t := range p.dataTests(i) {
			w.list(p.testID(p.testName(i, t)), p.uniqueIDs(t.parents(i))...)
		}
	})
	for s := range p.sources {
		w.list(p.uniqueID(parent(^s)))
	}
	for e, reads := range p.exposed {
		w.list(p.exposureID(e), p.modelIDs(reads)...)
	}
	w.close('}')
}

// childMap writes child_map, the same edges the other way round.
func (p *Plan) childMap(w *jsonWriter) {
	exposures := map[int32][]string{}
	for e, reads := range p.exposed {
		for _, i := range reads {
			exposures[i] = append(exposures[i], p.exposureID(e))
		}
	}
	w.key("child_map")
	w.open('{')
	p.eachModel(func(i int) {
		children := append(p.modelIDs(p.children[i]), p.testsReading(i)...)
		w.list(p.uniqueID(parent(i)), append(children, exposures[int32(i)]...)...)
		for _, t := range p.dataTests(i) {
			w.list(p.testID(p.testName(i, t)))
		}
	})
	for s := range p.sources {
		w.list(p.uniqueID(parent(^s)), p.modelIDs(p.readers[s])...)
	}
	for e := range p.exposed {
		w.list(p.exposureID(e))
	}
	w.close('}')
}

func (p *Plan) modelIDs(models []int32) []string {
	ids := make([]string, len(models))
	for n, i := range models {
		ids[n] = p.uniqueID(parent(i))
	}
	return ids
}

// testsReading returns the model's own tests and the relationships that point at it.
func (p *Plan) testsReading(i int) []string {
	var ids []string
	for _, t := range p.dataTests(i) {
		ids = append(ids, p.testID(p.testName(i, t)))
	}
	for _, child := range p.children[i] {
		for _, t := range p.dataTests(int(child)) {
			if t.isRelationship() && t.to == parent(i) {
				ids = append(ids, p.testID(p.testName(int(child), t)))
			}
		}
	}
	return ids
}
