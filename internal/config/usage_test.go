package config_test

import (
	"go/types"
	"testing"

	"github.com/thalweg-data/thalweg/internal/archtest"
)

const configPath = "github.com/thalweg-data/thalweg/internal/config"

// A setting that nothing reads promises what it does not do: every field of Config and Limits is read by the packages
// that receive a Config.
func TestEverySettingIsReadElsewhere(t *testing.T) {
	packages, err := archtest.Load(t.Context(), "../app", "../cli")
	if err != nil {
		t.Fatal(err)
	}
	fields, read := map[string]bool{}, map[string]bool{}
	for _, p := range packages {
		for _, imported := range p.Types.Imports() {
			if imported.Path() == configPath {
				fieldsOf(imported, "Config", fields)
				fieldsOf(imported, "Limits", fields)
			}
		}
		for _, s := range p.Info.Selections {
			if s.Kind() == types.FieldVal && s.Obj().Pkg() != nil && s.Obj().Pkg().Path() == configPath {
				read[s.Obj().Name()] = true
			}
		}
	}
	if len(fields) < 10 {
		t.Fatalf("only the fields %v were found", fields)
	}
	for field := range fields {
		if !read[field] {
			t.Errorf("the setting %s is read by nobody", field)
		}
	}
}

func fieldsOf(p *types.Package, name string, fields map[string]bool) {
	for f := range p.Scope().Lookup(name).Type().Underlying().(*types.Struct).Fields() {
		if f.Exported() {
			fields[f.Name()] = true
		}
	}
}
