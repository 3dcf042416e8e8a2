package bucket

import (
	"errors"
	"fmt"
	"io"
)

// Reason says why a store refused a request. Reasons are part of our API: replies carry them as codes.
type Reason string

// Reasons. Unavailable and Cut may pass by themselves; all others need a person, or a new listing.
const (
	WrongKey              Reason = "wrong-access-key"
	WrongSecret           Reason = "wrong-secret"
	NoBucket              Reason = "no-bucket"
	WrongRegion           Reason = "wrong-region"
	ClockSkew             Reason = "clock-skew"
	Denied                Reason = "permission-denied"
	Expired               Reason = "credentials-expired"
	RoleDenied            Reason = "role-denied"
	ExternalIDNotEnforced Reason = "external-id-not-enforced"
	NoCredentials         Reason = "no-server-credentials"
	EndpointNotAllowed    Reason = "endpoint-not-allowed"
	Replaced              Reason = "object-replaced"
	TooLarge              Reason = "object-too-large"
	TooMany               Reason = "too-many-objects"
	Looping               Reason = "listing-does-not-end"
	Cut                   Reason = "reply-cut"
	Unavailable           Reason = "store-unavailable"
	Unexpected            Reason = "unexpected-reply"
)

// Error is a request that a store did not answer as asked.
type Error struct {
	Reason  Reason
	Message string // a sentence for the person who set up the bucket: what happened and what to do; no credentials
	Err     error  // what the client library returned; nil = nothing
}

func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("%s: %s", e.Reason, e.Message)
	}
	return fmt.Sprintf("%s: %s (%v)", e.Reason, e.Message, e.Err)
}

// Unwrap returns the error of the client library.
func (e *Error) Unwrap() error { return e.Err }

// ReasonOf returns the reason of an error, or "" if the store gave none.
func ReasonOf(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

// passes reports whether the same request may succeed soon.
func passes(err error) bool {
	r := ReasonOf(err)
	return r == Unavailable || r == Cut
}

// Quote returns a key as it is shown in messages.
func Quote(key string) string { return fmt.Sprintf("%.200q", key) }

// Discard closes the body of a reply that is not used and returns why.
func Discard(body io.Closer, why error) error { return errors.Join(why, body.Close()) }
