package gen

import "fmt"

// expose lets every exposure read up to three of the last models made.
func (p *Plan) expose() {
	last := max(1, len(p.models)/10)
	p.exposed = make([][]int32, p.project.Exposures)
	for e := range p.exposed {
		r := newRandom(p.project.Seed, "exposure", e)
		for range 1 + r.below(3) {
			i := len(p.models) - 1 - r.below(last)
			if reads := p.exposed[e]; !p.models[i].removed && (len(reads) == 0 || reads[len(reads)-1] != int32(i)) {
				p.exposed[e] = append(reads, int32(i))
			}
		}
	}
}

func (p *Plan) exposureID(e int) string {
	return fmt.Sprintf("exposure.%s.dashboard_%04d", p.project.Name, e)
}
