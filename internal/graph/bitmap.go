package graph

// bitmap is a set of node numbers, one bit each.
type bitmap []uint64

func newBitmap(n int) bitmap { return make(bitmap, (n+63)/64) }

func (b bitmap) has(id int32) bool { return b[id>>6]&(1<<(id&63)) != 0 }

// add reports whether id is new to the set.
func (b bitmap) add(id int32) bool {
	if b.has(id) {
		return false
	}
	b[id>>6] |= 1 << (id & 63)
	return true
}

func (b bitmap) remove(id int32) { b[id>>6] &^= 1 << (id & 63) }
