package archtest

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strings"
)

// importRule returns the rule that an import breaks, or "".
func (c *checker) importRule(s sourceFile, imported string) string {
	inside, own := strings.CutPrefix(imported, c.rules.Module+"/")
	if !own {
		return c.foreign(s, imported)
	}
	folder, internal := strings.CutPrefix(inside, "internal/")
	if !internal {
		return "" // an embedded tree such as web holds no logic
	}
	if s.support {
		return c.supportImport(s, folder)
	}
	if testSupport(folder) {
		return fmt.Sprintf("%s imports %s, which is for tests", s.folder, folder)
	}
	if rule := c.implementation(s, folder); rule != "" {
		return rule
	}
	return c.direction(s, folder)
}

// foreign checks imports from outside the module.
func (c *checker) foreign(s sourceFile, imported string) string {
	first, _, _ := strings.Cut(imported, "/")
	if strings.Contains(first, ".") && !s.support && slices.Contains(c.rules.StandardOnly, s.unit) {
		return fmt.Sprintf("%s imports %s: it uses the standard library only", s.folder, imported)
	}
	return ""
}

// supportImport checks test files and test packages: they may use implementations and each other, but
// look no further up than the unit they test.
func (c *checker) supportImport(s sourceFile, folder string) string {
	if testSupport(folder) || !c.layered(s.unit) {
		return ""
	}
	return c.direction(s, folder)
}

func (c *checker) implementation(s sourceFile, folder string) string {
	for _, impl := range c.rules.Implementations {
		within := folder == impl || strings.HasPrefix(folder, impl+"/")
		itself := s.folder == impl || strings.HasPrefix(s.folder, impl+"/")
		if within && !itself && s.unit != c.rules.Wiring {
			return fmt.Sprintf("%s imports %s: implementations are named by %s alone", s.folder, folder, c.rules.Wiring)
		}
	}
	return ""
}

// direction checks that the import points to a lower layer.
func (c *checker) direction(s sourceFile, folder string) string {
	unit, _, _ := strings.Cut(folder, "/")
	if unit == s.unit {
		return ""
	}
	if support, ok := c.rules.Support[s.unit]; ok {
		if slices.Contains(support.Imports, unit) {
			return ""
		}
		return fmt.Sprintf("%s imports %s: it is outside the layers and may import %s", s.folder, folder, list(support.Imports))
	}
	if support, ok := c.rules.Support[unit]; ok {
		if s.support || slices.Contains(support.Users, s.unit) {
			return ""
		}
		return fmt.Sprintf("%s imports %s, which is for %s", s.folder, folder, list(support.Users))
	}
	if !c.layered(s.unit) || !c.layered(unit) {
		return "" // reported where the package is declared
	}
	from, to := c.layer[s.unit], c.layer[unit]
	switch {
	case to < from, slices.Contains(c.rules.Sideways[s.unit], unit):
		return ""
	case to == from:
		return fmt.Sprintf("%s imports %s, a package of its own layer", s.folder, folder)
	}
	return fmt.Sprintf("%s imports %s, a higher layer: imports point down", s.folder, folder)
}

func (c *checker) layered(unit string) bool {
	_, ok := c.layer[unit]
	return ok
}

func list(units []string) string {
	if len(units) == 0 {
		return "nothing internal"
	}
	return strings.Join(units, ", ")
}

// calls finds uses of forbidden functions through whatever name the file imports them by.
func (c *checker) calls(s sourceFile) {
	imported := map[string]string{} // name in this file → import path
	for _, spec := range s.syntax.Imports {
		full := strings.Trim(spec.Path.Value, `"`+"`")
		name := path.Base(full)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imported[name] = full
	}
	ast.Inspect(s.syntax, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := selector.X.(*ast.Ident); ok && imported[pkg.Name] != "" {
			if call := imported[pkg.Name] + "." + selector.Sel.Name; c.forbidden(call) {
				c.add(s, selector.Pos(), fmt.Sprintf("%s uses %s: time and output are handed in", s.folder, call))
			}
		}
		return true
	})
}

func (c *checker) forbidden(call string) bool {
	return slices.ContainsFunc(c.rules.Calls, func(rule string) bool {
		prefix, any := strings.CutSuffix(rule, "*")
		return call == rule || any && strings.HasPrefix(call, prefix)
	})
}
