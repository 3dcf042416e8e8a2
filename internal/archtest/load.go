package archtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// Package is a package that was type-checked from its source.
type Package struct {
	Path  string
	Set   *token.FileSet
	Files []*ast.File
	Types *types.Package
	Info  *types.Info
}

// listed is what the go command prints of a package.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles, XTestGoFiles   []string
	TestGoFiles             []string
	DepOnly                 bool
}

// Load type-checks packages without their tests. Imports come from the go command's export data, so an object that two
// packages use is not one Go value: compare objects by path and name.
func Load(ctx context.Context, patterns ...string) ([]Package, error) {
	all, err := goList(ctx, append([]string{"-export", "-deps"}, patterns...))
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for _, p := range all {
		exports[p.ImportPath] = p.Export
	}
	set := token.NewFileSet()
	from := importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	var out []Package
	for _, p := range all {
		if p.DepOnly {
			continue
		}
		checked, err := check(p, set, from)
		if err != nil {
			return nil, err
		}
		out = append(out, checked)
	}
	return out, nil
}

func goList(ctx context.Context, arguments []string) ([]listed, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-json=ImportPath,Dir,Export,GoFiles,TestGoFiles,XTestGoFiles,DepOnly"}, arguments...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, stderr.Bytes())
	}
	var all []listed
	for decoder := json.NewDecoder(bytes.NewReader(text)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		all = append(all, p)
	}
}

func check(p listed, set *token.FileSet, from types.Importer) (Package, error) {
	out := Package{Path: p.ImportPath, Set: set, Info: &types.Info{
		Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
	}}
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(set, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return out, err
		}
		out.Files = append(out.Files, f)
	}
	var err error
	out.Types, err = (&types.Config{Importer: from}).Check(p.ImportPath, set, out.Files, out.Info)
	return out, err
}
