package catalog

import "strings"

// The classes of a node's result. dbt's set of statuses is open and grows;
// these are not.
const (
	ClassSuccess = "success"
	ClassPass    = "pass"
	ClassWarn    = "warn"
	ClassFail    = "fail"
	ClassError   = "error"
	ClassSkipped = "skipped"
	ClassOther   = "other"
)

// ClassOf puts a status of run_results.json or sources.json into its class. A
// partial success (some batches of a microbatch model failed) is a warning;
// what needed no run (no-op, reused) was skipped.
func ClassOf(status string) string {
	switch strings.ToLower(strings.TrimSpace(status)) {
	case "success":
		return ClassSuccess
	case "pass":
		return ClassPass
	case "warn", "partial success", "partial_success":
		return ClassWarn
	case "fail":
		return ClassFail
	case "error", "runtime error", "runtime_error":
		return ClassError
	case "skipped", "skip", "no-op", "no_op", "reused":
		return ClassSkipped
	}
	return ClassOther
}
