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
	// ClassCompiled: the test's query was made, but not run. Such a result is listed
	// with its run and nowhere else.
	ClassCompiled = "compiled"
)

// ClassOfResult puts the result of a node into its class. A test that ran has
// passed, warned or failed, and the number of its failures with that: success alone
// means that it was compiled.
func ClassOfResult(uniqueID, status string, failures *int64) string {
	class := ClassOf(status)
	switch {
	case class != ClassSuccess || !isTestID(uniqueID):
		return class
	case failures == nil:
		return ClassCompiled
	case *failures > 0:
		return ClassFail
	}
	return ClassPass
}

func isTestID(uniqueID string) bool {
	return strings.HasPrefix(uniqueID, "test.") || strings.HasPrefix(uniqueID, "unit_test.")
}

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
