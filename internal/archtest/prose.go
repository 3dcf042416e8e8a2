package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxLine is the longest line of a comment or of prose, in characters.
const MaxLine = 120

// RetiredWords lists the retired phrases in comments and string literals of Go files
// outside tests. A phrase that is split over two lines of a comment is found too.
func RetiredWords(root fs.FS) ([]Violation, error) {
	return prose(root, func(p passage) []Violation {
		var found []Violation
		for _, r := range retired {
			for _, at := range r.phrase.FindAllStringIndex(p.text, -1) {
				phrase := p.text[at[0]:at[1]]
				if r.except != nil && r.except.MatchString(phrase) {
					continue
				}
				found = append(found, Violation{File: p.file, Line: p.line(at[0]), Rule: fmt.Sprintf("retired phrase %q (%s)", phrase, r.name)})
			}
		}
		return found
	})
}

// LongComments lists comment lines that are longer than MaxLine.
func LongComments(root fs.FS) ([]Violation, error) {
	return prose(root, func(p passage) []Violation {
		var found []Violation
		for n, line := range p.raw {
			if width(line) > MaxLine && !strings.Contains(line, "://") {
				found = append(found, Violation{File: p.file, Line: p.first + n, Rule: fmt.Sprintf("comment line of %d characters", width(line))})
			}
		}
		return found
	})
}

// LongProse lists lines of a Markdown file that are longer than MaxLine; tables, code
// blocks and lines with an address are exempt.
func LongProse(file, text string) []Violation {
	var found []Violation
	code := false
	for n, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "```") {
			code = !code
		}
		if code || strings.HasPrefix(trimmed, "|") || strings.Contains(line, "://") || utf8.RuneCountInString(line) <= MaxLine {
			continue
		}
		found = append(found, Violation{File: file, Line: n + 1, Rule: fmt.Sprintf("line of %d characters", utf8.RuneCountInString(line))})
	}
	return found
}

// width counts a tab as four characters.
func width(line string) int {
	return utf8.RuneCountInString(strings.ReplaceAll(line, "\t", "    "))
}

// passage is a group of comments or a string literal.
type passage struct {
	file  string
	first int      // line number of its start
	text  string   // without comment marks; a line of the source each
	raw   []string // a comment's lines in the source; nil for a literal
}

func (p passage) line(offset int) int { return p.first + strings.Count(p.text[:offset], "\n") }

// prose calls check for every passage outside tests, in order of files.
func prose(root fs.FS, check func(passage) []Violation) ([]Violation, error) {
	var found []Violation
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return skipFolder(name)
		case path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") || name == retiredFile:
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		syntax, err := parser.ParseFile(set, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, p := range passages(name, set, syntax, strings.Split(string(text), "\n")) {
			found = append(found, check(p)...)
		}
		return nil
	})
	slices.SortStableFunc(found, func(a, b Violation) int {
		if a.File != b.File {
			return strings.Compare(a.File, b.File)
		}
		return a.Line - b.Line
	})
	return found, err
}

var commentMark = regexp.MustCompile(`(?m)^\s*(//|/\*)?[ \t]?`)

func passages(name string, set *token.FileSet, syntax *ast.File, lines []string) []passage {
	var out []passage
	for _, group := range syntax.Comments {
		first, last := set.Position(group.Pos()).Line, set.Position(group.End()).Line
		var text []string
		for _, comment := range group.List {
			text = append(text, commentMark.ReplaceAllString(comment.Text, ""))
		}
		out = append(out, passage{name, first, strings.Join(text, "\n"), lines[first-1 : last]})
	}
	ast.Inspect(syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				out = append(out, passage{file: name, first: set.Position(n.Pos()).Line, text: text})
			}
		}
		return true
	})
	return out
}
