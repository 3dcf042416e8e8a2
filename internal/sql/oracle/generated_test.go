package oracle

import (
	"errors"
	"os"
	"testing"
)

// TestGenerated compares drawn queries with PostgreSQL. Short by default;
// THALWEG_LONG=1 takes many.
func TestGenerated(t *testing.T) {
	s := startServer(t)
	rounds, taken := 150, 0
	if os.Getenv("THALWEG_LONG") != "" {
		rounds = 5000
	}
	for seed := range rounds {
		sql, width := drawn(uint64(seed), 3)
		found, err := s.truthOf(t.Context(), generatedTables, "", sql)
		if errors.Is(err, errRefused) {
			t.Logf("seed %d: %s", seed, refusal(err))
			continue
		}
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, sql)
		}
		taken++
		if len(found.outputs) != width {
			t.Fatalf("seed %d: PostgreSQL finds %d outputs, %d were drawn\n%s", seed, len(found.outputs), width, sql)
		}
		for _, d := range compare(found, generatedTables, "", sql) {
			t.Errorf("seed %d, %s: %s; %s\n%s", seed, d.column, d.want, d.got, sql)
		}
	}
	if taken < rounds*9/10 {
		t.Errorf("PostgreSQL takes %d of %d drawn queries; too few are compared", taken, rounds)
	}
	t.Logf("%d of %d drawn queries compared", taken, rounds)
}
