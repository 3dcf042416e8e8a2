package resolve

// arena hands out values of one type from chunks that the next script uses
// again, so that resolving leaves little to the garbage collector. Nothing that
// a Result holds may come from an arena.
type arena[T any] struct {
	// free is what is left of the current chunk.
	free   []T
	chunks [][]T
	// taken counts the chunks in use.
	taken int
}

// Chunks double in size; a list larger than a quarter of the largest has memory
// of its own. What is kept for the next script is bounded.
const (
	firstChunk   = 32
	largestChunk = 1024
	keptChunks   = 16
)

// list gives n zero values.
func (a *arena[T]) list(n int) []T {
	if n > len(a.free) {
		if n > largestChunk/4 {
			return make([]T, n)
		}
		a.turn(n)
	}
	list := a.free[:n:n]
	a.free = a.free[n:]
	return list
}

// new gives one zero value.
func (a *arena[T]) new() *T { return &a.list(1)[0] }

// turn goes to the next chunk that has room for n values.
func (a *arena[T]) turn(n int) {
	for a.taken < len(a.chunks) {
		a.free = a.chunks[a.taken]
		a.taken++
		if len(a.free) >= n {
			return
		}
	}
	size := min(firstChunk<<min(len(a.chunks), 10), largestChunk)
	a.free = make([]T, max(size, n))
	a.chunks = append(a.chunks, a.free)
	a.taken++
}

// grown gives a copy of a full list with room for more.
func (a *arena[T]) grown(list []T) []T {
	bigger := a.list(max(4, 2*cap(list)))
	return bigger[:copy(bigger, list)]
}

// reset takes all values back.
func (a *arena[T]) reset() {
	for i := range a.taken {
		used := a.chunks[i]
		if i == a.taken-1 {
			used = used[:len(used)-len(a.free)]
		}
		clear(used)
	}
	if len(a.chunks) > keptChunks {
		clear(a.chunks[keptChunks:])
		a.chunks = a.chunks[:keptChunks]
	}
	a.free, a.taken = nil, 0
}
