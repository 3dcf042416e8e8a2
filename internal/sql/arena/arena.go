// Package arena hands out many values of one type from few chunks of memory, and
// takes them all back at once for the next use. The caller of
// reset must hold no reference to those values any more.
package arena

import "unsafe"

// Of is an arena of one type. The zero value is ready. It is for one goroutine.
type Of[T any] struct {
	// Meter counts the bytes that are given out, in whole chunks; nil counts none.
	Meter *Meter
	// free is what is left of the current chunk.
	free   []T
	chunks [][]T
	// taken counts the chunks in use.
	taken int
}

// Meter adds up the bytes that several arenas gave out since it was cleared.
type Meter struct{ Bytes int }

// Chunks double in size up to a largest one. A long list has memory of its own,
// and what is kept by a Reset is bounded, so that one large text does not
// hold memory for good.
const (
	firstChunk   = 4
	largestChunk = 512
	longList     = largestChunk / 4
	keptChunks   = 32
)

// New returns one zero value.
func (a *Of[T]) New() *T {
	if len(a.free) == 0 {
		a.turn(1)
	}
	v := &a.free[0]
	a.free = a.free[1:]
	return v
}

// List returns n zero values without spare capacity.
func (a *Of[T]) List(n int) []T {
	if n > len(a.free) {
		if n > longList {
			a.measure(n)
			return make([]T, n)
		}
		a.turn(n)
	}
	list := a.free[:n:n]
	a.free = a.free[n:]
	return list
}

// Copy returns a copy of a list without spare capacity, nil for an empty one.
func (a *Of[T]) Copy(list []T) []T {
	if len(list) == 0 {
		return nil
	}
	c := a.List(len(list))
	copy(c, list)
	return c
}

// Grown returns a copy of a full list with room for more.
func (a *Of[T]) Grown(list []T) []T {
	bigger := a.List(max(4, 2*cap(list)))
	return bigger[:copy(bigger, list)]
}

// turn goes to the next chunk that has room for n values.
func (a *Of[T]) turn(n int) {
	for a.taken < len(a.chunks) {
		a.free = a.chunks[a.taken]
		a.taken++
		if len(a.free) >= n {
			a.measure(len(a.free))
			return
		}
	}
	size := min(firstChunk<<min(len(a.chunks), 16), largestChunk)
	a.free = make([]T, max(size, n))
	a.measure(len(a.free))
	a.chunks = append(a.chunks, a.free)
	a.taken++
}

func (a *Of[T]) measure(n int) {
	if a.Meter != nil {
		a.Meter.Bytes += n * int(unsafe.Sizeof(*new(T)))
	}
}

// Reset takes all values back.
func (a *Of[T]) Reset() {
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
