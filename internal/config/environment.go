package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/near"
)

// prefix leads the name of every variable that is ours.
const prefix = "THALWEG_"

// otherVariables are read by the command line and are not settings of the server.
var otherVariables = []string{"THALWEG_SERVER", "THALWEG_KEY", "THALWEG_CONFIG"}

// UnknownVariables returns a warning for each variable of an environment that has our prefix and that nothing reads: it
// is probably misspelled.
func UnknownVariables(environ []string) (warnings []string) {
	names := slices.Clone(otherVariables)
	for _, s := range settings {
		names = append(names, s.Variable())
	}
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, prefix) || slices.Contains(names, name) {
			continue
		}
		warning := name + " is not a setting and has no effect"
		if similar := nearestOf(name, names); similar != "" {
			warning += fmt.Sprintf("; did you mean %s?", similar)
		}
		warnings = append(warnings, warning)
	}
	slices.Sort(warnings)
	return warnings
}

// nearestOf returns the most similar of some names, "" if none is similar enough.
func nearestOf(name string, names []string) string {
	best, least := "", len(name)/6+1
	for _, n := range names {
		if d := near.Edits(name, n); d <= least && (best == "" || d < least) {
			best, least = n, d
		}
	}
	return best
}
