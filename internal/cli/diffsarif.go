package cli

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/thalweg-data/thalweg/internal/projectdiff"
)

// sarif is a log of the Static Analysis Results Interchange Format, which code hosts show at the lines of a change.
type sarif struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool    sarifTool     `json:"tool"`
	Results []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string    `json:"id"`
	ShortDescription sarifText `json:"shortDescription"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifLocation   `json:"locations,omitempty"`
	Fingerprints map[string]string `json:"partialFingerprints"`
}

type sarifLocation struct {
	Physical sarifPhysical `json:"physicalLocation"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

// The rules, in the order of the document.
var sarifRules = []sarifRule{
	{"table-changed", sarifText{"A table was added, changed, renamed or removed"}},
	{"column-changed", sarifText{"A column was added, changed, renamed, retyped or removed"}},
	{"contract-broken", sarifText{"A table no longer keeps the contract that was enforced"}},
	{"broken-read", sarifText{"Code reads a column that is gone"}},
	{"test-orphaned", sarifText{"A test is of a column that is gone"}},
	{"test-removed", sarifText{"A table or column loses a test"}},
	{"constraint-orphaned", sarifText{"A constraint names a column or table that is gone"}},
	{"constraint-removed", sarifText{"A table loses a constraint"}},
	{"last-run-failed", sarifText{"A table that differs or is reached failed in its last run, or one of its tests"}},
	{"reached", sarifText{"An exposure, a metric or a table is downstream of a difference"}},
}

// sarifOf makes a log of a comparison. What breaks is an error; orphaned and removed tests, exposures and metrics that
// are reached are warnings, the rest are notes.
func sarifOf(d *projectdiff.Diff) *sarif {
	w := sarifWriter{results: []sarifResult{}, paths: map[string]string{}}
	for i := range d.Tables {
		w.table(&d.Tables[i])
	}
	for _, b := range d.Broken {
		w.paths[b.UniqueID] = b.Path
		w.add("broken-read", "error", b.UniqueID, b.From+"."+b.FromColumn, "%s reads %s.%s, which is gone", joined(b.UniqueID, b.Column), b.From, b.FromColumn)
	}
	for _, t := range d.Tests {
		if t.Change == projectdiff.Orphaned {
			w.add("test-orphaned", "warning", t.Table, t.UniqueID, "%s tests %s, which is gone", t.UniqueID, joined(t.Table, t.Column))
		} else {
			w.add("test-removed", "warning", t.Table, t.UniqueID, "%s loses the test %s", joined(t.Table, t.Column), t.UniqueID)
		}
	}
	for i := range d.Constraints {
		k := &d.Constraints[i]
		text := (&diffWriter{}).constraint(k)
		detail := strings.Join([]string{k.Type, strings.Join(k.Columns, " "), k.To}, "\x00")
		if k.Change == projectdiff.Orphaned {
			w.add("constraint-orphaned", "warning", k.Table, detail, "%s names what is gone", text)
		} else {
			w.add("constraint-removed", "warning", k.Table, detail, "%s is gone", text)
		}
	}
	for _, h := range d.Hits {
		w.paths[h.UniqueID] = h.Path
		level := "note"
		if h.Kind == "exposure" || h.Kind == "metric" {
			level = "warning"
		}
		w.add("reached", level, h.UniqueID, "", "%s: %s", h.UniqueID, cmp.Or(strings.Join(h.Columns, ", "), hitReasons[h.Reason]))
	}
	for i := range d.Tables {
		w.checks(d.Tables[i].UniqueID, d.Tables[i].LastRun, d.Tables[i].Tests)
	}
	for i := range d.Hits {
		w.checks(d.Hits[i].UniqueID, d.Hits[i].LastRun, d.Hits[i].Tests)
	}
	driver := sarifDriver{Name: "thalweg", Version: build().Version, InformationURI: "https://github.com/thalweg-data/thalweg", Rules: sarifRules}
	return &sarif{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0",
		Runs: []sarifRun{{Tool: sarifTool{driver}, Results: w.results}},
	}
}

type sarifWriter struct {
	results []sarifResult
	paths   map[string]string // of tables, by unique id
}

func (w *sarifWriter) table(t *projectdiff.TableChange) {
	w.paths[t.UniqueID] = t.Path
	what := t.Change
	if t.RenamedFrom != "" {
		what += " from " + t.RenamedFrom
	}
	if len(t.Reasons) > 0 {
		what += ": " + strings.Join(t.Reasons, ", ")
	}
	w.add("table-changed", levelOf(t.Breaking && !anyBreaking(t.Columns)), t.UniqueID, t.Change, "%s was %s", t.UniqueID, what)
	if t.ContractBroken {
		w.add("contract-broken", "error", t.UniqueID, "", "%s no longer keeps the contract that was enforced", t.UniqueID)
	}
	for _, c := range t.Columns {
		text := c.Change
		if c.RenamedFrom != "" {
			text += " from " + c.RenamedFrom
		}
		if c.Before+c.After != "" {
			text += ": " + arrow(c.Before, c.After)
		}
		w.add("column-changed", levelOf(c.Breaking), t.UniqueID, c.Name+" "+c.Change, "%s.%s was %s", t.UniqueID, c.Name, text)
	}
}

// checks notes a table that failed when it ran last, which was before the change and does not count for the exit code.
func (w *sarifWriter) checks(id string, run *projectdiff.LastRun, tests *projectdiff.Coverage) {
	failed := tests != nil && tests.Failed > 0
	if run.Failed() || failed {
		w.add("last-run-failed", "note", id, "", "%s%s", id, (&diffWriter{}).checks(run, tests))
	}
}

func anyBreaking(columns []projectdiff.ColumnChange) bool {
	for i := range columns {
		if columns[i].Breaking {
			return true
		}
	}
	return false
}

func levelOf(breaking bool) string {
	if breaking {
		return "error"
	}
	return "note"
}

func joined(id, column string) string {
	if column == "" {
		return id
	}
	return id + "." + column
}

// add appends a result at the file of a node, whose fingerprint is the same as long as the difference is.
func (w *sarifWriter) add(rule, level, id, detail, format string, args ...any) {
	sum := sha256.Sum256([]byte(rule + "\x00" + id + "\x00" + detail))
	r := sarifResult{
		RuleID: rule, Level: level, Message: sarifText{printable(fmt.Sprintf(format, args...))},
		Fingerprints: map[string]string{"thalweg/v1": hex.EncodeToString(sum[:16])},
	}
	if path := w.paths[id]; path != "" {
		r.Locations = []sarifLocation{{sarifPhysical{sarifArtifact{path}}}}
	}
	w.results = append(w.results, r)
}
