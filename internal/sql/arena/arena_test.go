package arena_test

import (
	"testing"

	"github.com/thalweg-data/thalweg/internal/sql/arena"
	"pgregory.net/rapid"
)

// TestArenaGivesZeroValuesToOneOwner fills everything it gets with a number of
// its own and looks at it again before the arena is reset.
func TestArenaGivesZeroValuesToOneOwner(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a arena.Of[int]
		for range rapid.IntRange(1, 4).Draw(t, "rounds") {
			var lists [][]int
			for i := range rapid.IntRange(0, 60).Draw(t, "lists") {
				list := take(t, &a)
				for j, v := range list {
					if v != 0 {
						t.Fatalf("list %d holds %d at %d, want 0", i, v, j)
					}
					list[j] = i + 1
				}
				lists = append(lists, list)
			}
			for i, list := range lists {
				for j, v := range list {
					if v != i+1 {
						t.Fatalf("list %d holds %d at %d: it shares memory", i, v, j)
					}
				}
			}
			a.Reset()
		}
	})
}

func take(t *rapid.T, a *arena.Of[int]) []int {
	n := rapid.SampledFrom([]int{0, 1, 2, 7, 8, 9, 100, 127, 128, 129, 600}).Draw(t, "size")
	if n == 1 && rapid.Bool().Draw(t, "new") {
		v := a.New()
		if *v != 0 {
			t.Fatalf("New gives %d, want 0", *v)
		}
		*v = -1
		return nil
	}
	list := a.List(n)
	if len(list) != n || cap(list) != n {
		t.Fatalf("List(%d) has length %d and capacity %d", n, len(list), cap(list))
	}
	return list
}

func TestArenaCopiesAndGrows(t *testing.T) {
	var a arena.Of[int]
	if c := a.Copy(nil); c != nil {
		t.Errorf("Copy(nil) = %v, want nil", c)
	}
	source := []int{1, 2, 3}
	c := a.Copy(source)
	source[0] = 9
	if len(c) != 3 || cap(c) != 3 || c[0] != 1 {
		t.Errorf("Copy gives %v with capacity %d, want [1 2 3] with 3", c, cap(c))
	}
	g := a.Grown(c)
	if len(g) != 3 || cap(g) < 4 || g[2] != 3 {
		t.Errorf("Grown gives %v with capacity %d, want [1 2 3] and room for more", g, cap(g))
	}
}

// TestArenaIsReused: what was given back is given out again, up to a bound.
func TestArenaIsReused(t *testing.T) {
	var a arena.Of[[64]byte]
	round := func() {
		for range 1000 {
			a.New()[0] = 1
		}
		a.Reset()
	}
	round()
	if n := testing.AllocsPerRun(10, round); n > 0 {
		t.Errorf("a second round of the same size allocates %v times, want none", n)
	}
}
