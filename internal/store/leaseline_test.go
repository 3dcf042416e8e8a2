package store

import "testing"

func isFirst(t *leaseTurn) bool {
	select {
	case <-t.first:
		return true
	default:
		return false
	}
}

// The lease goes to callers in the order in which they came, also when some give up.
func TestLeaseLine(t *testing.T) {
	var lines leaseLines
	a, b := leaseLine{1, 1}, leaseLine{1, 2}
	first, second, third, fourth := lines.join(a), lines.join(a), lines.join(a), lines.join(a)
	elsewhere := lines.join(b)
	if !isFirst(first) || isFirst(second) || !isFirst(elsewhere) {
		t.Error("the first of each line is not first")
	}
	lines.noteFreed(a)
	lines.noteFreed(a) // once is enough
	if len(first.freed) != 1 || len(second.freed) != 0 || len(elsewhere.freed) != 0 {
		t.Error("others than the first of the line know that the lease is free")
	}
	lines.leave(a, third)
	if isFirst(second) {
		t.Error("second after the third left")
	}
	lines.leave(a, first)
	if !isFirst(second) || isFirst(fourth) {
		t.Error("the second is not next")
	}
	lines.leave(a, second)
	if !isFirst(fourth) || lines.isEmpty(a) {
		t.Error("the fourth is not next")
	}
	lines.leave(a, fourth)
	lines.leave(b, elsewhere)
	if !lines.isEmpty(a) || !lines.isEmpty(b) || len(lines.of) != 0 {
		t.Errorf("left %v", lines.of)
	}
}
