package resolve

import "github.com/thalweg-data/thalweg/internal/sql/ast"

// baseWindow is the named window that a window begins with; nil without one. A window whose base has its own name has
// none, and of two with one name the first counts.
func (r *resolver) baseWindow(w *ast.Window, v view) *ast.Window {
	if w.Base.IsZero() || v.scope == nil || v.scope.query == nil {
		return nil
	}
	s := v.scope
	if s.windows == nil {
		s.windows = r.namedWindows(s.query)
	}
	if base := s.windows[r.names.id(w.Base.Text)]; base != w {
		return base
	}
	return nil
}

// namedWindows indexes what WINDOW names.
func (r *resolver) namedWindows(query *ast.Select) map[name]*ast.Window {
	named := make(map[name]*ast.Window, len(query.Windows))
	r.use(len(query.Windows) * mapEntry)
	for i := range query.Windows {
		key := r.names.id(query.Windows[i].Name.Text)
		if named[key] == nil {
			named[key] = query.Windows[i].Window
		}
	}
	return named
}
