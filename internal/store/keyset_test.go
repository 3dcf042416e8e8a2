package store

import (
	"math/rand/v2"
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

func TestKeySet(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var sets [2]keySet
	want := [2]map[any]bool{{}, {}}
	for range 5000 {
		var key any = random.Int64N(300)
		if random.IntN(2) == 0 {
			key = catalog.HashOfText(string(rune('a' + random.IntN(100))))
		}
		n := random.IntN(2)
		if random.IntN(3) == 0 {
			sets[n].remove(key)
			delete(want[n], key)
		} else {
			sets[n].add(key)
			want[n][key] = true
		}
		if got := sets[n].mayHave(key); got != want[n][key] {
			t.Fatalf("%v: %t", key, got)
		}
	}
	union := map[any]bool{}
	for n := range sets {
		for id := range int64(300) {
			if got := sets[n].hasID(id); got != want[n][id] {
				t.Errorf("id %d: %t", id, got)
			}
			if want[n][id] {
				union[id] = true
			}
		}
	}
	if got := sets[0].unionSize(&sets[1]); got != int64(len(union)) {
		t.Errorf("%d ids of both, want %d", got, len(union))
	}
}
