package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// namedTest is a test as documents name it: the package's folder below internal, and the function.
var namedTest = regexp.MustCompile("`([a-z0-9/]+)\\.((?:Test|Fuzz|Benchmark)[A-Za-z0-9]+)`")

// Documents name tests as evidence: those exist.
func TestNamedTestsExist(t *testing.T) {
	tests := testFunctions(t)
	for name, text := range markdown(t, os.DirFS("../..")) {
		for _, m := range namedTest.FindAllStringSubmatch(text, -1) {
			if !tests[m[1]+"."+m[2]] {
				t.Errorf("%s names the test %s.%s, which does not exist", name, m[1], m[2])
			}
		}
	}
}

// Every control of the threat model is held by a test.
func TestControlsHaveTests(t *testing.T) {
	text, err := os.ReadFile("../../docs/threat-model.md")
	if err != nil {
		t.Fatal(err)
	}
	_, controls, _ := strings.Cut(string(text), "\n## Controls\n")
	controls, _, _ = strings.Cut(controls, "\n## ")
	rows := 0
	for line := range strings.Lines(controls) {
		if !regexp.MustCompile(`^\| \d`).MatchString(line) {
			continue
		}
		rows++
		if !namedTest.MatchString(line) {
			t.Errorf("no test holds the control: %s", line)
		}
	}
	if rows < 20 {
		t.Errorf("only %d controls were found", rows)
	}
}

// docs/asvs.md has every requirement of ASVS 5.0 of levels 1 and 2 once, with a verdict; these are how many a chapter has.
func TestEveryRequirementHasAVerdict(t *testing.T) {
	want := map[string]int{
		"1": 27, "2": 11, "3": 19, "4": 10, "5": 9, "6": 35, "7": 18, "8": 7, "9": 7, "10": 29, "11": 14, "12": 9, "13": 13, "14": 9, "15": 13, "16": 16,
		"17": 7,
	}
	text, err := os.ReadFile("../../docs/asvs.md")
	if err != nil {
		t.Fatal(err)
	}
	id, seen := regexp.MustCompile(`\bV(\d+)\.\d+\.\d+\b`), map[string]bool{}
	for line := range strings.Lines(string(text)) {
		ids := id.FindAllStringSubmatch(line, -1)
		if ids != nil && !regexp.MustCompile(`^\| [^|]+ \| (met|proxy|open|n/a) \| .+ \|$`).MatchString(strings.TrimSpace(line)) {
			t.Errorf("no verdict and evidence: %s", line)
		}
		for _, m := range ids {
			if seen[m[0]] {
				t.Errorf("%s is there twice", m[0])
			}
			seen[m[0]] = true
			want[m[1]]--
		}
	}
	for chapter, missing := range want {
		if missing != 0 {
			t.Errorf("chapter V%s: %d requirements are missing", chapter, missing)
		}
	}
}

// docs/dependencies.md has a line for each direct dependency of go.mod, and for nothing else.
func TestDirectDependenciesAreListed(t *testing.T) {
	listed := map[string]bool{}
	text, err := os.ReadFile("../../docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^\| ([a-z0-9.]+\.[a-z]+/\S+) \|`).FindAllStringSubmatch(string(text), -1) {
		listed[m[1]] = true
	}
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	direct := regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(string(mod), -1)
	for _, m := range direct {
		if !listed[m[1]] {
			t.Errorf("docs/dependencies.md lacks %s", m[1])
		}
		delete(listed, m[1])
	}
	for module := range listed {
		t.Errorf("docs/dependencies.md lists %s, which is not a direct dependency", module)
	}
}

// testFunctions returns the tests, fuzz targets and benchmarks below internal, by folder and name.
func testFunctions(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, file := range goFiles(t) {
		folder, ok := strings.CutPrefix(path.Dir(file), "internal/")
		if !ok || !strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), "../../"+file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				found[folder+"."+f.Name.Name] = true
			}
		}
	}
	return found
}
