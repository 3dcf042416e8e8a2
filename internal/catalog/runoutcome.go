package catalog

import (
	"encoding/json"
	"strings"
)

// Tally counts the results of a run by what became of them. Results of another class, such as tests that were only
// compiled, are in none.
type Tally struct {
	Passed  int // success and pass
	Warned  int
	Failed  int // tests that found something; of sources those that are too old
	Errors  int // what could not be executed
	Skipped int
}

// Add counts a result of a class.
func (t *Tally) Add(class string) {
	switch class {
	case ClassSuccess, ClassPass:
		t.Passed++
	case ClassWarn:
		t.Warned++
	case ClassFail:
		t.Failed++
	case ClassError:
		t.Errors++
	case ClassSkipped:
		t.Skipped++
	}
}

// Subtract takes away the counts of some of the results.
func (t *Tally) Subtract(some Tally) {
	t.Passed -= some.Passed
	t.Warned -= some.Warned
	t.Failed -= some.Failed
	t.Errors -= some.Errors
	t.Skipped -= some.Skipped
}

// AddFreshness counts a result of dbt source freshness.
func (t *Tally) AddFreshness(status string) {
	switch status {
	case "error":
		t.Failed++
	case "runtime error":
		t.Errors++
	default:
		t.Add(status)
	}
}

// RunOutcome is how a run ended.
type RunOutcome string

// Outcomes, the worst of its results each.
const (
	RunFailed    RunOutcome = "failed"
	RunWarned    RunOutcome = "warned"
	RunSucceeded RunOutcome = "success"
	RunOfNothing RunOutcome = "nothing" // the command builds and tests nothing, whatever its results report
)

// Outcome classifies the run by its results. Those of a command that builds nothing, such as docs generate, mean
// nothing.
func (r Run) Outcome() RunOutcome {
	switch {
	case r.Artifact != ArtifactSources && r.Counting() == CountsForNothing:
		return RunOfNothing
	case r.Tally.Failed+r.Tally.Errors > 0:
		return RunFailed
	case r.Tally.Warned > 0:
		return RunWarned
	}
	return RunSucceeded
}

// selections are the arguments that choose some of a project's nodes.
var selections = []string{"select", "exclude", "models", "selector", "resource_type", "resource_types", "exclude_resource_types"}

// IsSelected reports whether the run was asked for some nodes of its project only.
func (r Run) IsSelected() bool {
	var args map[string]json.RawMessage
	if json.Unmarshal(r.Args, &args) != nil {
		return false
	}
	for _, name := range selections {
		if v := strings.TrimSpace(string(args[name])); strings.HasPrefix(v, `"`) && v != `""` || strings.HasPrefix(v, `["`) {
			return true
		}
	}
	return false
}
