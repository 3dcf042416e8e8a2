package archtest

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// Relative links of every document lead to a file that exists and, with a fragment, to one of its headings.
func TestLinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	root := os.DirFS("../..")
	documents := markdown(t, root)
	for name, text := range documents {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			target, fragment, _ := strings.Cut(m[1], "#")
			if strings.Contains(m[1], "://") {
				continue
			}
			file := name
			if target != "" {
				file = path.Join(path.Dir(name), target)
			}
			if _, err := fs.Stat(root, file); err != nil {
				t.Errorf("%s links to %s: %v", name, m[1], err)
			} else if fragment != "" && !hasHeading(documents[file], fragment) {
				t.Errorf("%s links to %s, but no heading is #%s", name, m[1], fragment)
			}
		}
	}
}

// markdown returns the text of every Markdown file outside testdata, by path.
func markdown(t *testing.T, root fs.FS) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || entry.Name() == "node_modules"):
			return fs.SkipDir
		case path.Ext(name) != ".md":
			return nil
		}
		text, err := fs.ReadFile(root, name)
		out[name] = string(text)
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("%d documents: %v", len(out), err)
	}
	return out
}

// hasHeading reports whether a heading of a document has a fragment: its text in lower case, with dashes for blanks
// and without punctuation.
func hasHeading(text, fragment string) bool {
	punctuation := regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	for line := range strings.Lines(text) {
		title, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " ")
		if ok && strings.HasPrefix(line, "#") &&
			strings.ReplaceAll(punctuation.ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), ""), " ", "-") == fragment {
			return true
		}
	}
	return false
}
