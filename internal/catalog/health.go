package catalog

import (
	"encoding/json"
	"fmt"
	"math"
)

// HealthAspect is one thing that the health of a table is made of.
type HealthAspect uint8

// The aspects of health, each a value from 0 to 1.
const (
	// Documentation: half is the description, half the share of columns that have one; without columns the description.
	Documentation   HealthAspect = iota
	Ownership                    // it has an owner
	Tested                       // it has an enabled data test
	TestResults                  // mean over its tests that were executed: pass 1, warn 0.5, fail and error 0
	RunResult                    // of its newest run: success 1, warn 0.5, error 0; not of one that was skipped
	SourceFreshness              // of a source that was checked: pass 1, warn 0.5, error 0
	HealthAspects
)

var healthAspects = [HealthAspects]string{"documentation", "ownership", "tests", "test_results", "run", "freshness"}

// String returns the name of the aspect.
func (a HealthAspect) String() string { return healthAspects[a] }

// HealthWeights are the weights of the aspects, 0 to 100 each and not all 0.
type HealthWeights [HealthAspects]int

// DefaultHealthWeights are those of a schema for which nobody set others.
var DefaultHealthWeights = HealthWeights{Documentation: 20, Ownership: 10, Tested: 20, TestResults: 30, RunResult: 10, SourceFreshness: 10}

// Check returns ErrInvalid for weights that no score can be made with.
func (w HealthWeights) Check() error {
	sum := 0
	for a, n := range w {
		if n < 0 || n > 100 {
			return fmt.Errorf("weight of %s is %d, not 0 to 100: %w", HealthAspect(a), n, ErrInvalid)
		}
		sum += n
	}
	if sum == 0 {
		return fmt.Errorf("weights of health are all 0: %w", ErrInvalid)
	}
	return nil
}

// Health is the health of a table: the value of each aspect; negative where the table has none.
type Health [HealthAspects]float64

// HealthFacts are what the health of a table is made of.
type HealthFacts struct {
	Coverage
	Pass, Warn, Fail int    // of its tests' latest results; errors are failures
	Run              string // class of its newest result
	Freshness        string // status
}

// HealthOf returns the value of each aspect.
func HealthOf(f HealthFacts) (h Health) {
	h[Documentation] = float64(f.TablesDescribed)
	if f.Columns > 0 {
		h[Documentation] = (h[Documentation] + float64(f.ColumnsDescribed)/float64(f.Columns)) / 2
	}
	h[Ownership], h[Tested] = float64(f.TablesOwned), float64(f.TablesTested)
	h[TestResults] = -1
	if n := f.Pass + f.Warn + f.Fail; n > 0 {
		h[TestResults] = (float64(f.Pass) + float64(f.Warn)/2) / float64(n)
	}
	h[RunResult], h[SourceFreshness] = valueOf(f.Run), valueOf(ClassOf(f.Freshness))
	return h
}

// valueOf is the value of a result of a class; negative if it has none.
func valueOf(class string) float64 {
	switch class {
	case ClassSuccess, ClassPass:
		return 1
	case ClassWarn:
		return 0.5
	case ClassFail, ClassError:
		return 0
	}
	return -1
}

// Score is the mean of the aspects that the table has, by their weights, from 0 to 100; false if it has none.
func (h Health) Score(w HealthWeights) (float64, bool) {
	sum, weights := 0.0, 0
	for a, value := range h {
		if value >= 0 {
			sum += value * float64(w[a])
			weights += w[a]
		}
	}
	if weights == 0 {
		return 0, false
	}
	return 100 * sum / float64(weights), true
}

// HealthMean is the health of several tables together: each counts the same. It sums whole billionths, not floats,
// whose sum depends on the order of the tables.
type HealthMean struct {
	Tables int
	Scored int // tables that have a score
	score  int64
	values [HealthAspects]int64
	of     [HealthAspects]int
}

const billion = 1e9

func billionths(v float64) int64 { return int64(math.Round(v * billion)) }

// Add adds a table.
func (m *HealthMean) Add(h Health, w HealthWeights) {
	m.Tables++
	if score, ok := h.Score(w); ok {
		m.Scored++
		m.score += billionths(score)
	}
	for a, value := range h {
		if value >= 0 {
			m.of[a]++
			m.values[a] += billionths(value)
		}
	}
}

// Score is the mean of the scores of the tables; false if none has one.
func (m *HealthMean) Score() (float64, bool) {
	if m.Scored == 0 {
		return 0, false
	}
	return float64(m.score) / billion / float64(m.Scored), true
}

// Health is the mean of each aspect over the tables that have it.
func (m *HealthMean) Health() (h Health) {
	for a := range h {
		if h[a] = -1; m.of[a] > 0 {
			h[a] = float64(m.values[a]) / billion / float64(m.of[a])
		}
	}
	return h
}

// MarshalJSON writes the weights by the names of their aspects.
func (w HealthWeights) MarshalJSON() ([]byte, error) {
	named := make(map[string]int, len(w))
	for a, n := range w {
		named[HealthAspect(a).String()] = n
	}
	return json.Marshal(named)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (w *HealthWeights) UnmarshalJSON(b []byte) error {
	var named map[string]int
	if err := json.Unmarshal(b, &named); err != nil {
		return fmt.Errorf("weights of health: %w", err)
	}
	for a := range w {
		w[a] = named[HealthAspect(a).String()]
	}
	return nil
}
