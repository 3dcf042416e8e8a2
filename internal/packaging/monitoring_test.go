//go:build linux

package packaging

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/thalweg-data/thalweg/internal/observe"
)

// measured returns the metrics of a server that has done everything once: the labels of each, by its name.
func measured(t *testing.T) map[string]map[string]bool {
	t.Helper()
	m := observe.NewMetrics(observe.Build{Version: "v1", Revision: "a", Go: "go1"})
	m.Request("/livez", http.MethodGet, http.StatusOK, time.Second)
	m.ImportEnded("completed")
	m.Stage("read", time.Second)
	m.Uploaded(1)
	m.StandbyRead("served")
	if err := m.QueueLength(func(context.Context) (int, error) { return 1, nil }); err != nil {
		t.Fatal(err)
	}
	reply := httptest.NewRecorder()
	m.Handler().ServeHTTP(reply, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	out := map[string]map[string]bool{}
	for line := range strings.Lines(reply.Body.String()) {
		found := regexp.MustCompile(`^(\w+)(?:\{(.*)\})? `).FindStringSubmatch(line)
		if found == nil {
			continue // a comment
		}
		if out[found[1]] == nil {
			out[found[1]] = map[string]bool{}
		}
		for _, label := range regexp.MustCompile(`(\w+)="`).FindAllStringSubmatch(found[2], -1) {
			out[found[1]][label[1]] = true
		}
	}
	return out
}

var (
	metricUse = regexp.MustCompile(`\b((?:thalweg|process|go)_\w+)(?:\{([^}]*)\})?`)
	groupUse  = regexp.MustCompile(`by \(([^)]*)\)`)
)

// checkExpression checks that what an expression reads exists: each metric, and on each metric each label.
func checkExpression(t *testing.T, metrics map[string]map[string]bool, expression string) {
	t.Helper()
	scraped := map[string]bool{"job": true, "instance": true} // which Prometheus adds
	all := map[string]bool{}
	for _, use := range metricUse.FindAllStringSubmatch(expression, -1) {
		labels, ok := metrics[use[1]]
		if !ok && use[1] != "go_version" { // which is a label
			t.Errorf("there is no metric %s: %s", use[1], expression)
		}
		for label := range labels {
			all[label] = true
		}
		for _, label := range regexp.MustCompile(`(\w+)\s*[=!]`).FindAllStringSubmatch(use[2], -1) {
			if !labels[label[1]] && !scraped[label[1]] {
				t.Errorf("%s has no label %s: %s", use[1], label[1], expression)
			}
		}
	}
	for _, group := range groupUse.FindAllStringSubmatch(expression, -1) {
		for name := range strings.SplitSeq(group[1], ",") {
			if name = strings.TrimSpace(name); !all[name] && !scraped[name] {
				t.Errorf("nothing has the label %s: %s", name, expression)
			}
		}
	}
}

// Every metric and label of the dashboard exists, and every metric of ours is on it and in the guide.
func TestDashboard(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "deploy/grafana/thalweg.json"))
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title, Type string
			GridPos     struct{ X, Y, W, H int }
			Targets     []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	metrics, taken := measured(t), map[[2]int]string{}
	for _, p := range dashboard.Panels {
		if p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("the panel %q shows nothing", p.Title)
		}
		for _, target := range p.Targets {
			checkExpression(t, metrics, target.Expr)
		}
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" {
					t.Fatalf("the panels %q and %q overlap", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
	}
	guide, err := os.ReadFile(filepath.Join(root, "docs/guide/operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name := range metrics {
		family := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
		if !strings.HasPrefix(name, "thalweg_") {
			continue
		}
		if !bytes.Contains(text, []byte(family)) {
			t.Errorf("the dashboard does not show %s", family)
		}
		if !bytes.Contains(guide, []byte("`"+family+"`")) {
			t.Errorf("the guide does not explain %s", family)
		}
	}
}

// The alerts read what exists, the chart has the same, and promtool's own tests of them pass.
func TestAlerts(t *testing.T) {
	path := filepath.Join(root, "deploy/prometheus/alerts.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if charted, err := os.ReadFile(filepath.Join(chart, "alerts.yaml")); err != nil || !bytes.Equal(charted, text) {
		t.Errorf("the alerts of the chart are others (%v): cp deploy/prometheus/alerts.yaml deploy/helm/thalweg/", err)
	}
	var file struct {
		Groups []struct {
			Rules []struct {
				Alert string `yaml:"alert"`
				Expr  string `yaml:"expr"`
			} `yaml:"rules"`
		} `yaml:"groups"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	tests, err := os.ReadFile(filepath.Join(root, "deploy/prometheus/alerts_test.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	metrics := measured(t)
	for _, group := range file.Groups {
		for _, rule := range group.Rules {
			checkExpression(t, metrics, rule.Expr)
			if strings.Count(string(tests), rule.Alert) < 2 {
				t.Errorf("%s is not tested to fire and to be quiet", rule.Alert)
			}
		}
	}
	promtool := filepath.Join(scripted(t, "debian.sh", "--alone", "prometheus"), "usr/bin/promtool")
	run(t, bare(t), promtool, "check", "rules", path)
	run(t, bare(t), promtool, "test", "rules", filepath.Join(root, "deploy/prometheus/alerts_test.yaml"))
}
