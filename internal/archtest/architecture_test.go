package archtest

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// ARCHITECTURE.md and the READMEs next to the code name files: those exist. The tree lists every package.
func TestNamedFilesExist(t *testing.T) {
	named := regexp.MustCompile("`([a-z0-9_./]+\\.go)`")
	files := goFiles(t)
	for _, document := range []string{
		"ARCHITECTURE.md", "internal/store/README.md", "internal/revision/README.md", "internal/jobs/README.md", "internal/readmodel/README.md",
		"internal/httpserver/README.md", "internal/lineage/README.md", "internal/sql/README.md",
	} {
		text, err := os.ReadFile("../../" + document)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			name := strings.TrimPrefix(m[1], "../")
			if !slices.ContainsFunc(files, func(f string) bool { return f == name || strings.HasSuffix(f, "/"+name) }) {
				t.Errorf("%s names %s, which does not exist", document, m[1])
			}
		}
	}
}

func TestArchitectureListsEveryPackage(t *testing.T) {
	text, err := os.ReadFile("../../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	units := map[string]bool{}
	for _, f := range goFiles(t) {
		if rest, ok := strings.CutPrefix(f, "internal/"); ok {
			units[unitOf(rest)] = true
		}
	}
	for unit := range units {
		if !strings.Contains(string(text), "\n  "+unit+"/ ") {
			t.Errorf("the tree in ARCHITECTURE.md lacks internal/%s", unit)
		}
	}
}

func goFiles(t *testing.T) (files []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS("../.."), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return skipFolder(name)
		case path.Ext(name) == ".go":
			files = append(files, name)
		}
		return nil
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("%d Go files: %v", len(files), err)
	}
	return files
}
