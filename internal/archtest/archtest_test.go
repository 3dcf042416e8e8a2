package archtest

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestHouse(t *testing.T) {
	found, err := Check(os.DirFS("../.."), House())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		t.Error(v)
	}
}

// TestHouseIsRead guards against a check that looks at nothing.
func TestHouseIsRead(t *testing.T) {
	found, err := Check(os.DirFS("../.."), Rules{Module: House().Module})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		if strings.HasPrefix(v.File, "internal/catalog/") {
			return
		}
	}
	t.Error("with no layer given, internal/catalog is not complained about: was it read?")
}

const module = "github.com/thalweg-data/thalweg/internal/"

func TestCheck(t *testing.T) {
	tests := []struct {
		name string
		file string
		text string
		want []string
	}{
		{"downwards", "internal/importing/a.go", `package importing; import _ "` + module + `store"`, nil},
		{
			"upwards", "internal/store/a.go", `package store; import _ "` + module + `importing"`,
			[]string{"internal/store/a.go:1: store imports importing, a higher layer: imports point down"},
		},
		{
			"sideways", "internal/importing/a.go", "package importing\n\nimport (\n\t\"fmt\"\n\t_ \"" + module + "access\"\n)\n\nvar _ = fmt.Sprint\n",
			[]string{"internal/importing/a.go:5: importing imports access, a package of its own layer"},
		},
		{"sideways by leave", "internal/dbt/a.go", `package dbt; import _ "` + module + `catalog"`, nil},
		{"within a unit", "internal/sql/parser/a.go", `package parser; import _ "` + module + `sql/ast"`, nil},
		{
			"upwards from a test", "internal/store/a_test.go", `package store; import _ "` + module + `importing"`,
			[]string{"internal/store/a_test.go:1: store imports importing, a higher layer: imports point down"},
		},
		{
			"foreign module in a pure package", "internal/sql/lexer/a.go", `package lexer; import _ "golang.org/x/text/width"`,
			[]string{"internal/sql/lexer/a.go:1: sql/lexer imports golang.org/x/text/width: it uses the standard library only"},
		},
		{"foreign module in its test", "internal/sql/lexer/a_test.go", `package lexer; import _ "pgregory.net/rapid"`, nil},
		{"foreign module elsewhere", "internal/dbt/a.go", `package dbt; import _ "github.com/go-json-experiment/json"`, nil},
		{
			"implementation outside app", "internal/importing/a.go", `package importing; import _ "` + module + `store/sqlite"`,
			[]string{"internal/importing/a.go:1: importing imports store/sqlite: implementations are named by app alone"},
		},
		{
			"implementation by its own unit", "internal/store/a.go", `package store; import _ "` + module + `store/postgres/copy"`,
			[]string{"internal/store/a.go:1: store imports store/postgres/copy: implementations are named by app alone"},
		},
		{"implementation in app", "internal/app/a.go", `package app; import _ "` + module + `blob/fs"`, nil},
		{"implementation in a test", "internal/importing/a_test.go", `package importing; import _ "` + module + `store/sqlite"`, nil},
		{
			"test support in a binary", "internal/app/a.go", `package app; import _ "` + module + `pgtest"`,
			[]string{"internal/app/a.go:1: app imports pgtest, which is for tests"},
		},
		{"test support in a suite", "internal/store/storetest/a.go", `package storetest; import _ "` + module + `pgtest"`, nil},
		{
			"settings in a store", "internal/store/a.go", `package store; import _ "` + module + `config"`,
			[]string{"internal/store/a.go:1: store imports config, which is for app, cli, cmd"},
		},
		{
			"settings that know the store", "internal/config/a.go", `package config; import _ "` + module + `store"`,
			[]string{"internal/config/a.go:1: config imports store: it is outside the layers and may import near"},
		},
		{
			"clock", "internal/catalog/a.go", "package catalog\n\nimport \"time\"\n\nvar now = time.Now\n",
			[]string{"internal/catalog/a.go:5: catalog uses time.Now: time and output are handed in"},
		},
		{
			"clock by another name", "internal/lineage/a.go", "package lineage\n\nimport clock \"time\"\n\nfunc f() { _ = clock.Since(clock.Time{}) }\n",
			[]string{"internal/lineage/a.go:5: lineage uses time.Since: time and output are handed in"},
		},
		{
			"printing", "internal/graph/a.go", "package graph\n\nimport \"fmt\"\n\nfunc f() { fmt.Println() }\n",
			[]string{"internal/graph/a.go:5: graph uses fmt.Println: time and output are handed in"},
		},
		{"clock where it may be read", "internal/app/a.go", "package app\n\nimport \"time\"\n\nvar now = time.Now\n", nil},
		{"clock in a test", "internal/catalog/a_test.go", "package catalog\n\nimport \"time\"\n\nvar now = time.Now\n", nil},
		{"a variable named time", "internal/catalog/a.go", "package catalog\n\nfunc f(time struct{ Now int }) int { return time.Now }\n", nil},
		{
			"empty word", "internal/store/utils/a.go", `package utils`,
			[]string{`internal/store/utils/a.go:1: package name "utils" is too general: use a term of the domain`},
		},
		{
			"no layer", "internal/newcomer/a.go", `package newcomer`,
			[]string{"internal/newcomer/a.go:1: package newcomer has no layer: give it one in archtest's rules"},
		},
		{"test data", "internal/store/testdata/a.go", `package util`, nil},
		{"command", "cmd/thalweg/main.go", `package main; import _ "` + module + `cli"`, nil},
		{"command imported", "internal/cli/a.go", `package cli; import _ "github.com/thalweg-data/thalweg/web"`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found, err := Check(fstest.MapFS{tt.file: {Data: []byte(tt.text)}}, House())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range found {
				got = append(got, v.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckReportsUnreadableSource(t *testing.T) {
	_, err := Check(fstest.MapFS{"internal/store/a.go": {Data: []byte("package")}}, House())
	if err == nil || !strings.Contains(err.Error(), "internal/store/a.go") {
		t.Errorf("Check = %v, want an error that names the file", err)
	}
}
