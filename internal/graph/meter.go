package graph

// stopEvery is how many steps are taken between two questions whether to stop.
const stopEvery = 4096

// meter counts the steps of an evaluation. A nil one never stops.
type meter struct {
	u       Universe
	steps   int // since u was last asked
	stopped bool
}

// take counts steps and reports whether to give up.
func (m *meter) take(steps int) bool {
	if m == nil {
		return false
	}
	m.steps += steps
	if m.steps >= stopEvery {
		m.ask()
	}
	return m.stopped
}

// ask reports whether to give up.
func (m *meter) ask() bool {
	m.stopped = m.stopped || m.u.Stopped(m.steps)
	m.steps = 0
	return m.stopped
}

// pass counts a pass over all nodes of a graph.
func (m *meter) pass(g *Graph) { m.take(g.Len() / 50) }
