package resolve_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What the README says holds a failure of other tools is there.
func TestFailuresOfOthersAreHeld(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "## What others got wrong")
	section, _, _ = strings.Cut(section, "\n## ")
	var tests strings.Builder
	err = filepath.WalkDir("../..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		tests.Write(source)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	held := 0
	for line := range strings.SplitSeq(section, "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			continue
		}
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[2], -1) {
			name := m[1]
			held++
			if strings.HasPrefix(name, "Test") {
				if !strings.Contains(tests.String(), "func "+name+"(") {
					t.Errorf("there is no test %s", name)
				}
			} else if _, err := os.Stat("testdata/" + name + ".sql"); err != nil {
				t.Errorf("there is no golden %s", name)
			}
		}
	}
	if held < 30 {
		t.Errorf("only %d goldens and tests are named", held)
	}
}
