package lineagecase_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/sql/lineagecase"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

const twoCases = `{"id": "x/1", "dialect": "postgres", "sql": "select b, a + c as s from t where d > 0", "schema": {"db.s.t": {"d": "int", "c": "", "b": null, "a": "int"}}, "default_database": null, "expect": []}

{"id": "x/2", "dialect": "nobody knows", "sql": "select * from t", "schema": {}, "expect": []}
`

func TestRun(t *testing.T) {
	var out bytes.Buffer
	unread, err := lineagecase.Run(context.Background(), strings.NewReader(twoCases), &out)
	if err != nil || unread != 1 {
		t.Fatalf("%d not read, want 1: %v", unread, err)
	}
	want := `{"id":"x/1","columns":[{"output":"b","from":[{"table":"t","column":"b","kinds":["identity"],"confidence":"schema"}]},{"output":"s","from":[{"table":"t","column":"a","kinds":["transform"],"confidence":"schema"},{"table":"t","column":"c","kinds":["transform"],"confidence":"schema"}]}],"indirect":[{"table":"t","column":"d"}],"status":"read"}
{"id":"x/2","columns":[{"output":"*","from":[{"table":"t","column":"*","kinds":["identity"],"confidence":"inferred"}]}],"indirect":[],"status":"partial","issues":["unexpanded_star: the columns of a star are not known"]}
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
}

func TestRunStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := lineagecase.Run(ctx, strings.NewReader(twoCases), &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "x/1") {
		t.Errorf("error %v, want the context's with the case's id", err)
	}
}

func TestReadTellsTheLine(t *testing.T) {
	err := lineagecase.Read(strings.NewReader("{}\n{\"id\": 1}\n"), func(*lineagecase.Case) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("error %v, want one that names line 2", err)
	}
}

// A text with an issue is never read, and every one that is not read has an issue.
func TestStatusAgreesWithIssues(t *testing.T) {
	for sql, want := range map[string]string{
		"select a from t":                   lineagecase.StatusRead,
		"select a + from t":                 lineagecase.StatusPartial,
		"select a from (select 1 as b) x":   lineagecase.StatusPartial,
		"select * from unknown_function(1)": lineagecase.StatusPartial,
		"select a limit, b from t":          lineagecase.StatusPartial,
		"":                                  lineagecase.StatusFailed,
		"drop table t":                      lineagecase.StatusFailed,
	} {
		line, err := lineagecase.One(context.Background(), sql, "snowflake", nil)
		if err != nil {
			t.Fatal(err)
		}
		if line.Status != want || (len(line.Issues) == 0) != (line.Status == lineagecase.StatusRead) {
			t.Errorf("%q: status %s with issues %q, want %s", sql, line.Status, line.Issues, want)
		}
	}
}

func TestOne(t *testing.T) {
	line, err := lineagecase.One(context.Background(), "select * from s.t", "snowflake", strings.NewReader(`{"DB.S.T": {"B": "NUMBER", "A": "TEXT"}}`))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range line.Columns {
		names = append(names, c.Output)
	}
	if diff := cmp.Diff([]string{"B", "A"}, names); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
	if _, err := lineagecase.One(context.Background(), "select 1", "cobol", nil); err == nil {
		t.Error("an unknown dialect is no error")
	}
	if _, err := lineagecase.One(context.Background(), "select 1", "duckdb", strings.NewReader("[]")); err == nil {
		t.Error("a schema that is no object is no error")
	}
}

func TestCatalogColumns(t *testing.T) {
	var tables lineagecase.Tables
	text := `{"db.s.t": {"a": "int"}, "other.t": {"b": "int"}, "plain": {"c": ""}, "\"q.r\".\"T 1\"": {"d": ""}}`
	if err := json.Unmarshal([]byte(text), &tables); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, database, schema string
		parts                  []string
		want                   string
	}{
		{name: "full", parts: []string{"DB", "S", "T"}, want: "a"},
		{name: "tail", parts: []string{"s", "t"}, want: "a"},
		{name: "other schema", parts: []string{"other", "t"}, want: "b"},
		{name: "default schema", schema: "OTHER", parts: []string{"t"}, want: "b"},
		{name: "default database", database: "db", parts: []string{"s", "t"}, want: "a"},
		{name: "known by its last part", parts: []string{"x", "y", "plain"}, want: "c"},
		{name: "dots in quotes", parts: []string{"q.r", "T 1"}, want: "d"},
		{name: "another schema", parts: []string{"z", "t"}},
		{name: "unknown", parts: []string{"u"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var names []resolve.Name
			for _, p := range test.parts {
				names = append(names, resolve.Name{Text: p})
			}
			columns, complete := lineagecase.NewCatalog(tables, test.database, test.schema).Columns(names)
			got := ""
			if complete {
				got = columns[0].Name
			}
			if got != test.want {
				t.Errorf("column %q, want %q", got, test.want)
			}
		})
	}
}

func TestCompare(t *testing.T) {
	edge := func(table, column string) lineagecase.Edge { return lineagecase.Edge{Table: table, Column: column} }
	one := 1
	base := lineagecase.Case{
		ID: "x/1", Schema: lineagecase.Tables{{Name: "db.s.t"}},
		Expect: []lineagecase.Want{
			{Output: "a", From: []lineagecase.Edge{edge("db.s.t", "a")}},
			{Output: "?", Unnamed: true, Position: &one, From: []lineagecase.Edge{edge("db.s.t", "b")}, Optional: []lineagecase.Edge{edge("", "k")}},
			{
				Output: "u", From: []lineagecase.Edge{edge("db.s.t", "u"), edge("v", "u")},
				AnyOf: [][]lineagecase.Edge{{edge("db.s.t", "u"), edge("v", "u")}},
			},
		},
		CatalogColumns: []string{"A", "b", "U"},
	}
	good := []lineagecase.Output{
		{Output: "A", From: origins(edge("T", "A"))},
		{Output: "b", From: origins(edge("s.t", "b"), edge("s.t", "k"))},
		{Output: "u", From: origins(edge("v", "u"))},
	}
	for _, test := range []struct {
		name   string
		change func(*lineagecase.Case, []lineagecase.Output) []lineagecase.Output
		want   lineagecase.Score
	}{
		{
			name: "all right", change: func(_ *lineagecase.Case, o []lineagecase.Output) []lineagecase.Output { return o },
			want: lineagecase.Score{Cases: 1, ExactCases: 1, Columns: 3, ExactColumns: 3, TruePositive: 3, Lists: 1, SameLists: 1},
		},
		{
			name: "a column too many",
			change: func(_ *lineagecase.Case, o []lineagecase.Output) []lineagecase.Output {
				return append(o, lineagecase.Output{Output: "more"})
			},
			want: lineagecase.Score{Cases: 1, Columns: 3, ExactColumns: 3, TruePositive: 3, Surplus: 1, Lists: 1},
		},
		{
			name: "a wrong edge",
			change: func(_ *lineagecase.Case, o []lineagecase.Output) []lineagecase.Output {
				o[0].From = origins(edge("t", "z"))
				return o
			},
			want: lineagecase.Score{Cases: 1, Columns: 3, ExactColumns: 2, TruePositive: 2, FalsePositive: 1, FalseNegative: 1, Lists: 1, SameLists: 1},
		},
		{
			name: "a missing output", change: func(_ *lineagecase.Case, o []lineagecase.Output) []lineagecase.Output { return o[:2] },
			want: lineagecase.Score{Cases: 1, Columns: 3, ExactColumns: 2, TruePositive: 2, FalseNegative: 2, Lists: 1},
		},
		{
			name: "waived",
			change: func(c *lineagecase.Case, o []lineagecase.Output) []lineagecase.Output {
				c.Waive = "why"
				return o
			},
		},
		{
			name: "a waived column",
			change: func(c *lineagecase.Case, o []lineagecase.Output) []lineagecase.Output {
				c.Expect[0].Waive = "why"
				o[0].From = nil
				return o
			},
			want: lineagecase.Score{Cases: 1, ExactCases: 1, Columns: 2, ExactColumns: 2, TruePositive: 2, Lists: 1, SameLists: 1},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := base
			c.Expect = append([]lineagecase.Want(nil), base.Expect...)
			outputs := test.change(&c, append([]lineagecase.Output(nil), good...))
			got, _ := lineagecase.Compare(&c, lineagecase.Line{Columns: outputs})
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("score (-want +got):\n%s", diff)
			}
		})
	}
}

func origins(edges ...lineagecase.Edge) []lineagecase.Origin {
	var list []lineagecase.Origin
	for _, e := range edges {
		list = append(list, lineagecase.Origin{Edge: e})
	}
	return list
}
