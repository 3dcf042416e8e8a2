// Package archtest checks the rules for imports: it reads the source of every package and lists the lines
// that break a rule. It needs nothing but the standard library and does not guess: a package without a
// layer in the rules is a violation too.
package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Violation is one line that breaks a rule.
type Violation struct {
	File string // slash-separated, relative to the module's root
	Line int
	Rule string
}

func (v Violation) String() string { return fmt.Sprintf("%s:%d: %s", v.File, v.Line, v.Rule) }

// Check reads every Go file below cmd and internal of a module's root and returns what breaks the rules, in
// order of files. It fails on files that cannot be read or parsed.
func Check(root fs.FS, rules Rules) ([]Violation, error) {
	c := checker{rules: rules, layer: map[string]int{}}
	for i, units := range rules.Layers {
		for _, unit := range units {
			c.layer[unit] = i
		}
	}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return skipFolder(name)
		case !strings.HasSuffix(name, ".go"):
			return nil
		}
		return c.file(root, name)
	})
	return c.found, err
}

func skipFolder(name string) error {
	base := path.Base(name)
	if base == "testdata" || base == "node_modules" || (name != "." && strings.HasPrefix(base, ".")) {
		return fs.SkipDir
	}
	if name != "." && !strings.Contains(name, "/") && name != "cmd" && name != "internal" {
		return fs.SkipDir
	}
	return nil
}

type checker struct {
	rules Rules
	layer map[string]int
	found []Violation
}

// source is one parsed file with what the rules ask about it.
type sourceFile struct {
	name    string // relative path
	folder  string // below internal, or "cmd/…"
	unit    string
	support bool // a test file, or a package that only tests import
	set     *token.FileSet
	syntax  *ast.File
}

func (c *checker) file(root fs.FS, name string) error {
	if !strings.Contains(name, "/") {
		return nil
	}
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return err
	}
	set := token.NewFileSet()
	syntax, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	folder := strings.TrimPrefix(path.Dir(name), "internal/")
	unit, _, _ := strings.Cut(folder, "/")
	c.checkFile(sourceFile{
		name: name, folder: folder, unit: unit, set: set, syntax: syntax,
		support: strings.HasSuffix(name, "_test.go") || testSupport(folder),
	})
	return nil
}

// testSupport reports whether a package exists for tests: pgtest, storetest, blobtest.
func testSupport(folder string) bool { return strings.HasSuffix(path.Base(folder), "test") }

func (c *checker) checkFile(s sourceFile) {
	c.name(s)
	for _, spec := range s.syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser would have failed
		}
		if rule := c.importRule(s, imported); rule != "" {
			c.add(s, spec.Pos(), rule)
		}
	}
	if !s.support && slices.Contains(c.rules.Domain, s.unit) {
		c.calls(s)
	}
}

func (c *checker) add(s sourceFile, pos token.Pos, rule string) {
	c.found = append(c.found, Violation{File: s.name, Line: s.set.Position(pos).Line, Rule: rule})
}

// name checks the package's and its folder's names and that its unit has a layer.
func (c *checker) name(s sourceFile) {
	for _, name := range []string{s.syntax.Name.Name, path.Base(s.folder)} {
		word := strings.TrimSuffix(strings.TrimSuffix(name, "_test"), "s")
		if slices.Contains(c.rules.Names, word) {
			c.add(s, s.syntax.Name.Pos(), fmt.Sprintf("package name %q is too general: use a term of the domain", name))
			break
		}
	}
	if !c.hasLayer(s.unit) {
		c.add(s, s.syntax.Name.Pos(), fmt.Sprintf("package %s has no layer: give it one in archtest's rules", s.folder))
	}
}

func (c *checker) hasLayer(unit string) bool {
	_, layered := c.layer[unit]
	_, support := c.rules.Support[unit]
	return layered || support || testSupport(unit)
}
