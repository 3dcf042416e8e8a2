package warehouse

import (
	"errors"
	"fmt"
)

// Reason says why a warehouse could not be read. Reasons are part of our API: replies carry them as codes.
type Reason string

// Reasons. Unavailable may pass by itself; all others need a person.
const (
	NoHost         Reason = "no-host"
	NotAllowed     Reason = "endpoint-not-allowed"
	Unavailable    Reason = "warehouse-unavailable"
	NotAWarehouse  Reason = "unexpected-reply"
	WrongLogin     Reason = "wrong-login"
	NoDatabase     Reason = "no-database"
	Denied         Reason = "permission-denied"
	Untrusted      Reason = "certificate-not-trusted"
	NoTLS          Reason = "tls-required"
	TooOld         Reason = "version-not-supported"
	Busy           Reason = "too-many-connections"
	Timeout        Reason = "timeout"
	Locked         Reason = "locked"
	TooLarge       Reason = "reply-too-large"
	NothingRead    Reason = "nothing-to-read"
	NothingMatches Reason = "no-schema-matches"
	NoCompute      Reason = "no-compute"
	WrongAccount   Reason = "no-account"
)

// Error is why a warehouse could not be read.
type Error struct {
	Reason  Reason
	Message string // a sentence for the person who set up the integration: what happened and what to do; no credentials
	Err     error  // what the driver returned; nil = nothing
}

func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("%s: %s", e.Reason, e.Message)
	}
	return fmt.Sprintf("%s: %s (%v)", e.Reason, e.Message, e.Err)
}

// Unwrap returns the error of the driver.
func (e *Error) Unwrap() error { return e.Err }

// ReasonOf returns the reason of an error, "" without one.
func ReasonOf(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}
