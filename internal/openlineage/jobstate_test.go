package openlineage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// event is an event of a run, minutes after noon.
func event(t testing.TB, kind, run string, minutes int, inputs, outputs []string) *Event {
	t.Helper()
	list := func(names []string) []any {
		out := []any{}
		for _, name := range names {
			out = append(out, map[string]any{"namespace": "postgres://db:5432", "name": name, "facets": map[string]any{
				"schema": map[string]any{"fields": []any{map[string]any{"name": fmt.Sprint("c", minutes), "type": "int"}}},
			}})
		}
		return out
	}
	body, err := json.Marshal(map[string]any{
		"eventType": kind, "eventTime": noon.Add(time.Duration(minutes) * time.Minute).Format(time.RFC3339Nano), "producer": "https://example.com",
		"run": map[string]any{"runId": run}, "job": map[string]any{"namespace": "airflow", "name": "load"}, "inputs": list(inputs), "outputs": list(outputs),
	})
	if err != nil {
		t.Fatal(err)
	}
	e, err := ParseEvent(body, noon.Add(24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// The state of a job follows from the set of its events: neither their order nor how often they come matters.
func TestOrderOfEventsDoesNotMatter(t *testing.T) {
	events := []*Event{
		event(t, "START", "a", 0, []string{"db.s.one"}, nil),
		event(t, "RUNNING", "a", 1, []string{"db.s.one", "db.s.two"}, nil),
		event(t, "COMPLETE", "a", 2, nil, []string{"db.s.out"}),
		event(t, "OTHER", "a", 3, nil, nil),
		event(t, "START", "b", 4, []string{"db.s.three"}, []string{"db.s.out"}),
		event(t, "FAIL", "b", 5, nil, []string{"db.s.out"}),
		event(t, "START", "c", 5, []string{"db.s.one"}, nil),
	}
	state := func(events []*Event) string {
		s := &JobState{}
		for _, e := range events {
			s.Add(e)
			stored, err := s.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if s, err = ParseJobState(stored); err != nil {
				t.Fatal(err)
			}
		}
		b, err := s.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	want := state(events)
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		shuffled := append(append([]*Event{}, events...), events[random.IntN(len(events))], events[random.IntN(len(events))])
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if got := state(shuffled); got != want {
			t.Fatalf("in another order\n%s\nwant\n%s", got, want)
		}
	}
	s, err := ParseJobState([]byte(want))
	if err != nil {
		t.Fatal(err)
	}
	r := s.current()
	if r == nil || r.ID != "a" || len(r.Inputs) != 2 || len(r.Outputs) != 1 || r.State != "COMPLETE" || r.Inputs[0].Fields[0].Name != "c1" {
		t.Errorf("the current run is %+v", r)
	}
}

// A run that shows what the job does is kept while runs without datasets come; the state does not grow.
func TestRunsAreForgotten(t *testing.T) {
	s := &JobState{}
	s.Add(event(t, "COMPLETE", "first", 0, []string{"db.s.one"}, []string{"db.s.out"}))
	for i := range 50 {
		s.Add(event(t, "START", fmt.Sprint("run", i), i+1, nil, nil))
	}
	if r := s.current(); r == nil || r.ID != "first" || len(s.Runs) != keptRuns+1 {
		t.Errorf("%d runs, current %+v", len(s.Runs), s.current())
	}
}

func TestResolve(t *testing.T) {
	for _, c := range []struct{ namespace, name, key string }{
		{"postgres://db.example.com:5432", "shop.public.orders", "shop.public.orders"},
		{"snowflake://org-account", "SHOP.PUBLIC.ORDERS", catalog.NewRelation("snowflake", "shop", "public", "orders", "").Key()},
		{"bigquery", "my-project.marts.orders", "my-project.marts.orders"},
		{"mysql://db:3306", "shop.orders", ".shop.orders"},
		{"arn:aws:glue:eu-west-1:123456789012", "table/shop/orders", ".shop.orders"},
		{"mssql://db:1433", "shop.dbo.orders", "shop.dbo.orders"},
		{"duckdb:///data/shop.duckdb", "shop.raw.orders", "shop.raw.orders"},
		{"s3://bucket", "raw/orders", ""},
		{"kafka://broker:9092", "orders", ""},
		{"file", "/tmp/orders.csv", ""},
		{"postgres://db:5432", "orders", ""},
		{"postgres://db:5432", "a.b.c.d", ""},
		{"postgres://db:5432", "select 1", ""},
	} {
		relation, reason := Resolve(c.namespace, c.name)
		if relation.Key() != c.key || (reason == "") != (c.key != "") {
			t.Errorf("%s %s: %q (%s), want %q", c.namespace, c.name, relation.Key(), reason, c.key)
		}
	}
}

func TestBadEvents(t *testing.T) {
	job := `"job":{"namespace":"n","name":"j"}`
	for _, body := range []string{
		``, `[]`, `{}`, `{"eventTime":"2026-11-30T12:00:00Z"}`, `{"eventTime":"now",` + job + `}`, `{"eventTime":"2036-11-30T12:00:00Z",` + job + `}`,
		`{"eventTime":"1906-11-30T12:00:00Z",` + job + `}`, `{"eventTime":"2026-11-30T12:00:00Z","job":{"namespace":"","name":"j"}}`,
		`{"eventTime":"2026-11-30T12:00:00Z","job":{"namespace":"n","name":"a\u0000b"}}`,
		`{"eventTime":"2026-11-30T12:00:00Z","eventType":"BEGIN","run":{"runId":"1"},` + job + `}`,
		`{"eventTime":"2026-11-30T12:00:00Z","eventType":"START","run":{},` + job + `}`,
		`{"eventTime":"2026-11-30T12:00:00Z",` + job + `,"inputs":[{"name":"x"}]}`, `{"eventTime":"2026-11-30T12:00:00Z",` + job + `,"inputs":{}}`,
		`{"eventTime":"2026-11-30T12:00:00Z",` + job + `} x`,
	} {
		if _, err := ParseEvent([]byte(body), noon); !errors.Is(err, catalog.ErrInvalid) {
			t.Errorf("%s: %v", body, err)
		}
	}
	if _, err := ParseEvent([]byte(`{"eventTime":"2026-11-30T12:00:00","unknown":[{}],`+job+`}`), noon); err != nil {
		t.Errorf("without a zone: %v", err)
	}
}

// Whatever is sent, it is refused or kept in a form that is read again, and its tables can be applied.
func FuzzEvent(f *testing.F) {
	e := `{"eventType":"COMPLETE","eventTime":"2026-11-30T12:00:00Z","producer":"p","run":{"runId":"r"},"job":{"namespace":"n","name":"j","facets":{"jobType":{"integration":"SPARK"}}},
		"inputs":[{"namespace":"postgres://h","name":"d.s.in"},{"namespace":"s3://b","name":"k","facets":{"symlinks":{"identifiers":[{"namespace":"hive://m","name":"s.l","type":"TABLE"}]}}}],
		"outputs":[{"namespace":"postgres://h","name":"d.s.out","facets":{"schema":{"fields":[{"name":"a","type":"int"}]},"columnLineage":{"fields":{"a":{"inputFields":[{"namespace":"postgres://h","name":"d.s.in","field":"x",
		"transformations":[{"type":"DIRECT","subtype":"AGGREGATION","masking":true}]}]}},"dataset":[{"namespace":"postgres://h","name":"d.s.in","field":"y","transformations":[{"type":"INDIRECT","subtype":"FILTER"}]}]}}}]}`
	f.Add([]byte(e))
	f.Add([]byte(`{"eventTime":"2026-11-30T12:00:00Z","dataset":{"namespace":"n","name":"d"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := ParseEvent(body, noon)
		if err != nil {
			if !errors.Is(err, catalog.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		if e.Job == nil {
			return
		}
		once, err := joined(nil, e)
		if err != nil {
			t.Fatal(err)
		}
		twice, err := joined(once.State, e)
		if err != nil || !bytes.Equal(once.State, twice.State) || twice.Apply {
			t.Fatalf("the same event again: %v\n%s\n%s", err, once.State, twice.State)
		}
		s, err := ParseJobState(once.State)
		if err != nil {
			t.Fatal(err)
		}
		all := tables{byKey: map[string]*table{}}
		all.add(s, true)
		if _, err := all.observation(); err != nil {
			t.Fatal(err)
		}
		e.unresolved()
	})
}
