package gen

// random is splitmix64: a stream of our own, so that no release of Go changes
// what a seed gives.
type random uint64

// newRandom starts the stream of one part, such as model 17, of a project.
func newRandom(seed uint64, part string, index int) *random {
	r := random(seed)
	for _, c := range []byte(part) {
		r = random(r.next() ^ uint64(c))
	}
	r = random(r.next() ^ uint64(index))
	return &r
}

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number from 0 to n-1.
func (r *random) below(n int) int { return int(r.next() % uint64(n)) }

// percent is true in p of 100 cases.
func (r *random) percent(p int) bool { return r.below(100) < p }

// shuffled returns the numbers from 0 to n-1 in a random order.
func (r *random) shuffled(n int) []int {
	order := make([]int, n)
	for i := range order {
		j := r.below(i + 1)
		order[i], order[j] = order[j], i
	}
	return order
}
