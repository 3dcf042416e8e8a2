package catalog

import "fmt"

// Failure is why a job, and the import behind it, ended without success: a
// stable code and a text for people that begins with it.
type Failure struct {
	Code    string
	Message string
}

// Codes of failures that do not depend on the kind of job.
const (
	CodeCanceled      = "canceled"
	CodeWorkerCrashed = "worker-crashed" // the process died, or the code panicked
	CodeWorkerFailed  = "worker-failed"  // the medium or the network failed every time
)

// Canceled is the failure of a job that was stopped on request, whether it was
// running or not.
func Canceled() Failure {
	return Failure{CodeCanceled, CodeCanceled + ": stopped on request; nothing was changed"}
}

// Crashed is the failure of a job whose last attempt ended in a crash.
func Crashed(attempts int) Failure {
	return Failure{CodeWorkerCrashed, fmt.Sprintf("%s: worker crashed %d times; see the server's log, then send the artifacts again", CodeWorkerCrashed, attempts)}
}

// GaveUp is the failure of a job whose last attempt ended with an error that
// another attempt might have avoided.
func GaveUp(attempts int, err error) Failure {
	return Failure{CodeWorkerFailed, fmt.Sprintf("%s: gave up after %d attempts: %v; see the server's log, then send the artifacts again", CodeWorkerFailed, attempts, err)}
}
