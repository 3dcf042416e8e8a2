package config

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/near"
)

// nearest returns the setting whose name is most similar, "" if none is similar enough.
func nearest(name string) string {
	best, least := "", len(name)/3+1
	for _, s := range settings {
		d := near.Edits(name, s.Name)
		if _, rest, ok := strings.Cut(s.Name, "."); ok {
			d = min(d, near.Edits(name, rest)+1) // the section was left out
		}
		if d <= least && (best == "" || d < least) {
			best, least = s.Name, d
		}
	}
	return best
}
