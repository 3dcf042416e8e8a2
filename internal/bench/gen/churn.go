package gen

// churn marks the models that changed, get a column or are removed.
func (p *Plan) churn() {
	c := p.project.Churn
	for _, i := range p.chosen("change")[:c.Change] {
		p.models[i].revision = 1
	}
	for _, i := range p.chosen("add column")[:c.AddColumns] {
		p.models[i].grows = true
	}
	p.remove(c.Remove)
}

// chosen returns all models in a random order: a smaller churn takes the first
// of those that a larger one takes.
func (p *Plan) chosen(why string) []int {
	return newRandom(p.project.Seed, why, 0).shuffled(len(p.models))
}

// remove takes away models that nothing reads; once those are gone, others are
// read by nothing. The model with the highest index never has a reader, so every
// round removes at least one.
func (p *Plan) remove(count int) {
	order := p.chosen("remove")
	for count > 0 {
		for _, i := range order {
			if count > 0 && !p.models[i].removed && len(p.children[i]) == 0 {
				p.withdraw(i)
				count--
			}
		}
	}
}

func (p *Plan) withdraw(i int) {
	p.models[i].removed = true
	for _, from := range p.models[i].parents {
		if from.isSource() {
			p.readers[from.source()] = without(p.readers[from.source()], i)
		} else {
			p.children[from] = without(p.children[from], i)
		}
	}
}

func without(list []int32, value int) []int32 {
	kept := list[:0]
	for _, v := range list {
		if v != int32(value) {
			kept = append(kept, v)
		}
	}
	return kept
}
