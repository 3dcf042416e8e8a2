package oracle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/lineagecase"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// leastJudged is how many statements of each database must have been judged.
const leastJudged = 600

// answer is what a database says of one statement.
type answer struct {
	Columns []string `json:"columns"`
	Error   string   `json:"error"`
}

// judged is the tables and statements of one database.
type judged struct {
	setup      []string
	tables     lineagecase.Tables
	statements []string
	// differences are statements that the engine reads otherwise, with the reason.
	differences map[string]string
}

// readJudged reads testdata/<name>.judged: lines "table t: a int, b text" with the
// types of the database, hand-written statements, and in a section "# generate" parts
// of statements: lines that begin with "from" are combined with the projections around
// them. testdata/<name>.differences has a statement, a tab and a reason in each line.
func readJudged(t *testing.T, name string) judged {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".judged"))
	if err != nil {
		t.Fatal(err)
	}
	j := judged{differences: map[string]string{}}
	var froms, items []string
	generate := false
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		table, isTable := strings.CutPrefix(line, "table ")
		switch {
		case line == "# generate":
			generate = true
		case line == "" || strings.HasPrefix(line, "#"):
		case isTable && strings.Contains(line, ": "):
			j.addTable(table)
		case !generate:
			j.statements = append(j.statements, line)
		case strings.HasPrefix(line, "from "):
			froms = append(froms, line)
		default:
			items = append(items, line)
		}
	}
	for _, from := range froms {
		for _, item := range items {
			j.statements = append(j.statements, "select "+item+" "+from)
		}
	}
	for line := range strings.Lines(readOptional(t, filepath.Join("testdata", name+".differences"))) {
		if sql, reason, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && !strings.HasPrefix(line, "#") {
			j.differences[sql] = reason
		}
	}
	return j
}

func readOptional(t *testing.T, path string) string {
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(data)
}

// addTable reads "name: column type; column type".
func (j *judged) addTable(line string) {
	name, list, _ := strings.Cut(line, ": ")
	table := lineagecase.TableColumns{Name: name}
	var columns []string
	for column := range strings.SplitSeq(list, "; ") {
		id, typ, _ := strings.Cut(column, " ")
		table.Columns = append(table.Columns, resolve.Column{Name: strings.Trim(id, "`\""), Type: typ})
		columns = append(columns, id+" "+typ)
	}
	j.tables = append(j.tables, table)
	j.setup = append(j.setup, "create table "+name+" ("+strings.Join(columns, ", ")+")")
}

// compare compares the engine's output lists with a database's.
func (j *judged) compare(t *testing.T, dialectName string, answers []answer) {
	t.Helper()
	d, _ := dialect.ByName(dialectName)
	schema := lineagecase.NewCatalog(j.tables, "", "")
	count, refused := 0, 0
	for i, sql := range j.statements {
		if answers[i].Error != "" {
			refused++
			if os.Getenv("THALWEG_LONG") != "" {
				t.Logf("refused: %s: %s", sql, answers[i].Error)
			}
			continue
		}
		count++
		script, problems := parser.Parse(sql, d, parser.Options{})
		result := resolve.Query(t.Context(), script, d, schema, resolve.Options{})
		var names []string
		for _, out := range result.Outputs {
			names = append(names, out.Name)
		}
		same := slices.Equal(names, answers[i].Columns)
		reason, listed := j.differences[sql]
		switch {
		case !same && !listed:
			t.Errorf("%s\n  database: %q\n  engine:   %q %v %v", sql, answers[i].Columns, names, problems, result.Diagnostics)
		case same && listed:
			t.Errorf("%s: no difference any more, listed as %s", sql, reason)
		}
	}
	t.Logf("%s: %d statements judged, %d refused by the database, %d differences named", dialectName, count, refused, len(j.differences))
	if count < leastJudged {
		t.Errorf("%d statements judged, want at least %d", count, leastJudged)
	}
}

// enginesPython returns the interpreter of the environment with the engines, which is
// made by the first test that asks.
var enginesPython = sync.OnceValues(func() (string, error) {
	python, err := exec.Command(filepath.Join("..", "..", "..", "scripts", "engines.sh")).Output()
	return strings.TrimSpace(string(python)), err
})

// describe asks an engine that runs in Python.
func (j *judged) describe(t *testing.T, engine string) []answer {
	t.Helper()
	python, err := enginesPython()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 3 {
		lines := strings.Split(strings.TrimSpace(string(exit.Stderr)), "\n")
		t.Skipf("SKIPPED: output names are not compared with %s: %s", engine, lines[len(lines)-1])
	}
	if err != nil {
		t.Fatal(err)
	}
	input, err := json.Marshal(map[string]any{"setup": j.setup, "statements": j.statements})
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "describe.py"), engine)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", engine, err, errs.String())
	}
	var answers []answer
	if err := json.Unmarshal(out, &answers); err != nil || len(answers) != len(j.statements) {
		t.Fatalf("%s: %d answers for %d statements: %v", engine, len(answers), len(j.statements), err)
	}
	return answers
}

func TestColumnsAgainstDuckDB(t *testing.T) {
	t.Parallel()
	j := readJudged(t, "duckdb")
	j.compare(t, "duckdb", j.describe(t, "duckdb"))
}

func TestColumnsAgainstClickHouse(t *testing.T) {
	t.Parallel()
	j := readJudged(t, "clickhouse")
	for i := range j.setup {
		j.setup[i] += " engine = Memory"
	}
	j.compare(t, "clickhouse", j.describe(t, "clickhouse"))
}

func TestColumnsAgainstPostgres(t *testing.T) {
	s := startServer(t)
	j := readJudged(t, "postgres")
	conn, err := s.conn(t.Context(), "judged")
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range j.setup {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	answers := make([]answer, len(j.statements))
	for i, sql := range j.statements {
		prepared, err := conn.Prepare(t.Context(), fmt.Sprint("s", i), sql)
		if err != nil {
			answers[i].Error = err.Error()
			continue
		}
		for _, f := range prepared.Fields {
			answers[i].Columns = append(answers[i].Columns, f.Name)
		}
	}
	j.compare(t, "postgres", answers)
}
