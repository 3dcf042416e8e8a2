package readmodel

import "math/bits"

// bitset is a set of positions.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) has(i int32) bool { return b[i>>6]&(1<<(i&63)) != 0 }

func (b bitset) add(i int32) { b[i>>6] |= 1 << (i & 63) }

func (b bitset) remove(i int32) { b[i>>6] &^= 1 << (i & 63) }

// keep drops what is not in the other set too.
func (b bitset) keep(other bitset) {
	for i := range b {
		b[i] &= other[i]
	}
}

// join adds what is in the other set.
func (b bitset) join(other bitset) {
	for i := range b {
		b[i] |= other[i]
	}
}

// without drops what is in the other set.
func (b bitset) without(other bitset) {
	for i := range b {
		b[i] &^= other[i]
	}
}

func (b bitset) empty() bool {
	for _, word := range b {
		if word != 0 {
			return false
		}
	}
	return true
}

func (b bitset) count() int {
	n := 0
	for _, word := range b {
		n += bits.OnesCount64(word)
	}
	return n
}

// each calls f for the positions in order until it returns false.
func (b bitset) each(f func(i int32) bool) {
	for w, word := range b {
		for ; word != 0; word &= word - 1 {
			if !f(int32(w<<6 + bits.TrailingZeros64(word))) {
				return
			}
		}
	}
}

// fill adds the first n positions.
func (b bitset) fill(n int) {
	for i := range b {
		b[i] = ^uint64(0)
	}
	if rest := n & 63; rest > 0 {
		b[len(b)-1] = 1<<rest - 1
	}
}
