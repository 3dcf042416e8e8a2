package resolve

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

// overText writes a window; ascending follows a key that is not DESC.
func (r *resolver) overText(w *ast.Window, name func(ast.Expr) string, ascending string) string {
	if !w.Base.IsZero() {
		return w.Base.Text
	}
	var parts []string
	if len(w.PartitionBy) > 0 {
		texts := make([]string, len(w.PartitionBy))
		for i, e := range w.PartitionBy {
			texts[i] = name(e)
		}
		parts = append(parts, "PARTITION BY "+strings.Join(texts, ", "))
	}
	if len(w.OrderBy) > 0 {
		texts := make([]string, len(w.OrderBy))
		for i := range w.OrderBy {
			texts[i] = name(w.OrderBy[i].Expr) + ascending
			if ascending == "" {
				texts[i] += r.duckDirection(&w.OrderBy[i])
			} else if w.OrderBy[i].Desc {
				texts[i] = name(w.OrderBy[i].Expr) + " DESC"
			}
		}
		parts = append(parts, "ORDER BY "+strings.Join(texts, ", "))
	}
	if frame := r.frameText(w); frame != "" {
		parts = append(parts, frame)
	}
	return "(" + strings.Join(parts, " ") + ")"
}

// frameText is the frame of a window, which the tree does not keep, in capitals.
func (r *resolver) frameText(w *ast.Window) string {
	upper := strings.ToUpper(strings.Join(strings.Fields(w.Text(r.sql)), " "))
	for _, word := range []string{"ROWS ", "RANGE ", "GROUPS "} {
		if at := strings.LastIndex(upper, word); at > 0 {
			frame := strings.TrimSuffix(upper[at:], ")")
			if !strings.Contains(frame, "BETWEEN") {
				return word + "BETWEEN " + strings.TrimSpace(frame[len(word):]) + " AND CURRENT ROW"
			}
			return frame
		}
	}
	return ""
}
