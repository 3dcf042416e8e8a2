package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

const configPath = "github.com/thalweg-data/thalweg/internal/config"

// A setting that nothing reads promises what it does not do: every field of Config and Limits is read by the packages
// that are given one.
func TestEverySettingIsReadElsewhere(t *testing.T) {
	fields, read := map[string]bool{}, map[string]bool{}
	for _, p := range listed(t, "../app", "../cli") {
		uses(t, p, fields, read)
	}
	if len(fields) < 10 {
		t.Fatalf("only the fields %v were found", fields)
	}
	for field := range fields {
		if !read[field] {
			t.Errorf("%s is set, and read by nobody", field)
		}
	}
}

// listedPackage is what the go command prints of one.
type listedPackage struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
	DepOnly                 bool

	exports map[string]string
}

// listed returns packages, with the export data of everything that they import.
func listed(t *testing.T, folders ...string) []listedPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,DepOnly"}, folders...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []listedPackage
	exports := map[string]string{}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listedPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		exports[p.ImportPath] = p.Export
		if !p.DepOnly {
			p.exports = exports
			packages = append(packages, p)
		}
	}
	return packages
}

// uses adds the fields of config's structs to fields, and those that a package reads to read.
func uses(t *testing.T, p listedPackage, fields, read map[string]bool) {
	t.Helper()
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(set, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	open := func(path string) (io.ReadCloser, error) { return os.Open(p.exports[path]) }
	info := &types.Info{Selections: map[*ast.SelectorExpr]*types.Selection{}}
	checked := types.Config{Importer: importer.ForCompiler(set, "gc", open)}
	pkg, err := checked.Check(p.ImportPath, set, files, info)
	if err != nil {
		t.Fatal(err)
	}
	for _, imported := range pkg.Imports() {
		if imported.Path() == configPath {
			fieldsOf(imported, "Config", fields)
			fieldsOf(imported, "Limits", fields)
		}
	}
	for _, s := range info.Selections {
		if s.Kind() == types.FieldVal && s.Obj().Pkg().Path() == configPath {
			read[s.Obj().Name()] = true
		}
	}
}

func fieldsOf(p *types.Package, name string, fields map[string]bool) {
	fieldsOf := p.Scope().Lookup(name).Type().Underlying().(*types.Struct)
	for f := range fieldsOf.Fields() {
		if f.Exported() {
			fields[f.Name()] = true
		}
	}
}
