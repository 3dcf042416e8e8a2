package cli

import "testing"

func TestGoalFor(t *testing.T) {
	for live, want := range map[int64]int64{
		0: 260 << 20, 100 << 20: 260 << 20, 141 << 20: 260 << 20, 200 << 20: 348 << 20, 1 << 30: 1584 << 20,
	} {
		if got := serverMemory.of(live); got != want {
			t.Errorf("%d MB alive: %d MB, want %d MB", live>>20, got>>20, want>>20)
		}
	}
}

func TestPercentFor(t *testing.T) {
	for live, want := range map[int64]int{0: 400, 4 << 20: 400, 26 << 20: 350, 32 << 20: 300, 48 << 20: 150, 64 << 20: 100, 1 << 30: 100} {
		if got := percentFor(live); got != want {
			t.Errorf("%d MB alive: %d percent, want %d", live>>20, got, want)
		}
	}
}
