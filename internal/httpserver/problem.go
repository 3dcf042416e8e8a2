package httpserver

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"net/http"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/near"
	"github.com/thalweg-data/thalweg/internal/turn"
)

// Code names a kind of problem. Codes are stable.
type Code string

// The codes; problems below has status and title of each.
const (
	CodeMissingCredentials   Code = "missing-credentials"
	CodeInvalidCredentials   Code = "invalid-credentials"
	CodeExpiredCredentials   Code = "expired-credentials"
	CodeCredentialsInURL     Code = "credentials-in-url"
	CodeQuotaExceeded        Code = "quota-exceeded"
	CodeInsufficientScope    Code = "insufficient-scope"
	CodeForbidden            Code = "forbidden"
	CodeCrossOrigin          Code = "cross-origin"
	CodeNotFound             Code = "not-found"
	CodeMethodNotAllowed     Code = "method-not-allowed"
	CodeHostNotAllowed       Code = "host-not-allowed"
	CodeURITooLong           Code = "uri-too-long"
	CodeHeadersTooLarge      Code = "headers-too-large"
	CodeBodyTooLarge         Code = "body-too-large"
	CodeArtifactLimit        Code = "artifact-limit"
	CodeIncompleteBody       Code = "incomplete-body"
	CodeRequestTimeout       Code = "request-timeout"
	CodeUnsupportedMediaType Code = "unsupported-media-type"
	CodeUnsupportedEncoding  Code = "unsupported-encoding"
	CodeMalformedEncoding    Code = "malformed-encoding"
	CodeMalformedMultipart   Code = "malformed-multipart"
	CodeMalformedJSON        Code = "malformed-json"
	CodeTooManyParts         Code = "too-many-parts"
	CodeDuplicateField       Code = "duplicate-field"
	CodeMissingField         Code = "missing-field"
	CodeEmptyField           Code = "empty-field"
	CodeInvalidField         Code = "invalid-field"
	CodeUnknownField         Code = "unknown-field"
	CodeUnknownSchema        Code = "unknown-schema"
	CodeEndpointNotAllowed   Code = "endpoint-not-allowed"
	CodeSecretRequired       Code = "secret-required"
	CodeCredentialType       Code = "credential-type-not-allowed"
	CodeInvalidParameter     Code = "invalid-parameter"
	CodeUnknownParameter     Code = "unknown-parameter"
	CodeInvalidCursor        Code = "invalid-cursor"
	CodeInvalidIdempotency   Code = "invalid-idempotency-key"
	CodeIdempotencyReused    Code = "idempotency-key-reused"
	CodePreconditionFailed   Code = "precondition-failed"
	CodeConflict             Code = "conflict"
	CodeSchemaBusy           Code = "schema-busy"
	CodeQueryTimeout         Code = "query-timeout"
	CodeQueryTooComplex      Code = "query-too-complex"
	CodeNotReady             Code = "not-ready"
	CodeNotSupported         Code = "not-supported"
	CodeInsufficientStorage  Code = "insufficient-storage"
	CodeArtifactDamaged      Code = "artifact-damaged"
	CodeInternal             Code = "internal-error"
)

var problems = map[Code]struct {
	status int
	title  string
}{
	CodeMissingCredentials:   {http.StatusUnauthorized, "Credentials are missing"},
	CodeInvalidCredentials:   {http.StatusUnauthorized, "The credentials are not valid"},
	CodeExpiredCredentials:   {http.StatusUnauthorized, "The credentials have expired"},
	CodeQuotaExceeded:        {http.StatusTooManyRequests, "Too many attempts"},
	CodeCredentialsInURL:     {http.StatusBadRequest, "Credentials must not be sent in a URL"},
	CodeInsufficientScope:    {http.StatusForbidden, "The key lacks a scope"},
	CodeForbidden:            {http.StatusForbidden, "The key may not do this"},
	CodeCrossOrigin:          {http.StatusForbidden, "The request comes from another origin"},
	CodeNotFound:             {http.StatusNotFound, "Not found"},
	CodeMethodNotAllowed:     {http.StatusMethodNotAllowed, "Method not allowed"},
	CodeHostNotAllowed:       {http.StatusMisdirectedRequest, "This server does not answer to that host name"},
	CodeURITooLong:           {http.StatusRequestURITooLong, "The URI is too long"},
	CodeHeadersTooLarge:      {http.StatusRequestHeaderFieldsTooLarge, "The headers are too large"},
	CodeBodyTooLarge:         {http.StatusRequestEntityTooLarge, "The body is too large"},
	CodeArtifactLimit:        {http.StatusRequestEntityTooLarge, "An artifact exceeds a limit"},
	CodeIncompleteBody:       {http.StatusBadRequest, "The body ended early"},
	CodeRequestTimeout:       {http.StatusRequestTimeout, "The body arrived too slowly"},
	CodeUnsupportedMediaType: {http.StatusUnsupportedMediaType, "The media type is not supported"},
	CodeUnsupportedEncoding:  {http.StatusUnsupportedMediaType, "The content encoding is not supported"},
	CodeMalformedEncoding:    {http.StatusBadRequest, "The body is not valid gzip"},
	CodeMalformedMultipart:   {http.StatusBadRequest, "The multipart body is malformed"},
	CodeMalformedJSON:        {http.StatusBadRequest, "The JSON body is malformed"},
	CodeTooManyParts:         {http.StatusBadRequest, "Too many parts"},
	CodeDuplicateField:       {http.StatusUnprocessableEntity, "A part was sent twice"},
	CodeMissingField:         {http.StatusUnprocessableEntity, "A required part is missing"},
	CodeEmptyField:           {http.StatusUnprocessableEntity, "A part is empty"},
	CodeInvalidField:         {http.StatusUnprocessableEntity, "A field is not valid"},
	CodeUnknownField:         {http.StatusUnprocessableEntity, "A field is unknown"},
	CodeUnknownSchema:        {http.StatusUnprocessableEntity, "The schema is unknown"},
	CodeCredentialType:       {http.StatusUnprocessableEntity, "The type of credential is not allowed"},
	CodeSecretRequired:       {http.StatusUnprocessableEntity, "A secret has to be entered again"},
	CodeEndpointNotAllowed:   {http.StatusUnprocessableEntity, "The address is not allowed"},
	CodeInvalidParameter:     {http.StatusBadRequest, "A parameter is not valid"},
	CodeUnknownParameter:     {http.StatusUnprocessableEntity, "A parameter is unknown"},
	CodeInvalidCursor:        {http.StatusBadRequest, "The cursor is not valid"},
	CodeInvalidIdempotency:   {http.StatusBadRequest, "The Idempotency-Key is not valid"},
	CodeIdempotencyReused:    {http.StatusUnprocessableEntity, "The Idempotency-Key was used for another request"},
	CodePreconditionFailed:   {http.StatusPreconditionFailed, "The document has changed"},
	CodeConflict:             {http.StatusConflict, "The request conflicts with the current state"},
	CodeSchemaBusy:           {http.StatusConflict, "The schema is being changed"},
	CodeQueryTimeout:         {http.StatusServiceUnavailable, "The query took too long"},
	CodeQueryTooComplex:      {http.StatusUnprocessableEntity, "The query is too complex"},
	CodeNotReady:             {http.StatusServiceUnavailable, "Not ready"},
	CodeNotSupported:         {http.StatusNotImplemented, "Not supported"},
	CodeInsufficientStorage:  {http.StatusInsufficientStorage, "No space left"},
	CodeArtifactDamaged:      {http.StatusInternalServerError, "A stored file is damaged"},
	CodeInternal:             {http.StatusInternalServerError, "Internal error"},
}

// problemType is the address of the documentation of codes.
const problemType = "https://thalweg.dev/problems/"

// quotaType is the registered type of problems of a quota.
const quotaType = "https://iana.org/assignments/http-problem-types#quota-exceeded"

// problemMedia is the media type of problem documents (RFC 9457).
const problemMedia = "application/problem+json"

// Problem is an error reply (RFC 9457) and the error that is sent as one.
type Problem struct { //nolint:errname // the name in RFC 9457
	Type          string       `json:"type" doc:"Address of the documentation of the code"`
	Title         string       `json:"title"`
	Status        int          `json:"status"`
	Code          Code         `json:"code" doc:"Name of the problem; stable"`
	Detail        string       `json:"detail"`
	RequestID     string       `json:"request_id"`
	Field         string       `json:"field,omitempty"`
	Limit         string       `json:"limit,omitempty"`
	RequiredScope string       `json:"required_scope,omitempty"`
	Candidates    []Candidate  `json:"candidates,omitempty" doc:"What a name that is not unique may mean"`
	Errors        []FieldError `json:"errors,omitempty"`

	retryAfter int       // seconds; 0 = no such header
	rate       [2]string // RateLimit-Policy and RateLimit; empty = those of the request
	challenge  bool
}

// FieldError describes the problem with a field or parameter.
type FieldError struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// Candidate is one of several assets that have the same name.
type Candidate struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Project  string `json:"project,omitempty"`
	Relation string `json:"relation,omitempty"`
}

// NewProblem returns the reply for a code.
func NewProblem(code Code, format string, args ...any) *Problem {
	kind := problems[code]
	detail := fmt.Sprintf(format, args...)
	if asks, ok := strings.CutSuffix(detail, "?."); ok {
		detail = asks + "?"
	}
	return &Problem{
		Type: problemType + string(code), Title: kind.title, Status: kind.status, Code: code,
		Detail: detail,
	}
}

// About sets the field that the problem is about.
func (p *Problem) About(field, detail string) *Problem {
	p.Field = field
	p.Errors = append(p.Errors, FieldError{Field: field, Detail: detail})
	return p
}

// Limited sets the limit that was exceeded.
func (p *Problem) Limited(limit string) *Problem {
	p.Limit = limit
	return p
}

func (p *Problem) Error() string { return string(p.Code) + ": " + p.Detail }

// Is makes a reply for what was not found a catalog.ErrNotFound.
func (p *Problem) Is(target error) bool {
	return p.Code == CodeNotFound && target == catalog.ErrNotFound
}

// GetStatus implements huma's StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma's ContentTypeFilter.
func (p *Problem) ContentType(string) string { return problemMedia }

// GetHeaders returns the headers of the reply.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.challenge {
		h.Set("WWW-Authenticate", `Bearer realm="thalweg"`)
	}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	if p.rate[0] != "" {
		h.Set("RateLimit-Policy", p.rate[0])
		h.Set("RateLimit", p.rate[1])
	}
	return h
}

// NotFound returns the reply for what does not exist and for what the key may not see.
func NotFound() *Problem {
	return NewProblem(CodeNotFound, "It does not exist, or this key may not see it.")
}

// Missing names the parameter and its value in an error that means that nothing was found by it, unless the error
// already says more. Every other error is returned unchanged.
func Missing(err error, parameter, value string) error {
	if err == nil {
		return nil
	}
	if p := ProblemOf(err); p.Code != CodeNotFound || p.Field != "" {
		return err
	}
	p := NewProblem(CodeNotFound, "%s %q does not exist, or this key may not see it.", parameter, shortened(value))
	return p.About(parameter, "not found")
}

// MissingOf is Missing for a value that is one of several names: it names those that are similar.
func MissingOf(err error, parameter, value string, names iter.Seq[string]) error {
	return MissingNear(err, parameter, value, near.Names(value, names, 3))
}

// MissingNear is Missing for a value that looks like some names.
func MissingNear(err error, parameter, value string, similar []string) error {
	err = Missing(err, parameter, value)
	var p *Problem
	if !errors.As(err, &p) || p.Field != parameter {
		return err
	}
	if len(similar) > 0 {
		p.Detail = fmt.Sprintf("%s %q does not exist; did you mean %s?", parameter, shortened(value), strings.Join(similar, " or "))
	}
	return p
}

// InvalidParameter returns the reply for a parameter with an invalid value.
func InvalidParameter(name, format string, args ...any) *Problem {
	detail := fmt.Sprintf(format, args...)
	return NewProblem(CodeInvalidParameter, "%s: %s", name, ended(detail)).About(name, detail)
}

// ProblemOf returns the reply for an error. It is the only such map; an error that it does not recognize is an
// internal error.
func ProblemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	if p := accessProblem(err); p != nil {
		return p
	}
	var tooLarge *http.MaxBytesError
	var gone *catalog.HistoryError
	var ambiguous *catalog.AmbiguousError
	switch {
	case errors.As(err, &tooLarge):
		return NewProblem(CodeBodyTooLarge, "The body is larger than %d bytes.", tooLarge.Limit).Limited("request")
	case errors.As(err, &gone):
		return NewProblem(CodeNotFound, "The history of %s begins with version %d; older versions were deleted (retention.versions_days).",
			gone.Schema, gone.First).About("at", "deleted")
	case errors.As(err, &ambiguous):
		return ambiguity(ambiguous)
	case errors.Is(err, blob.ErrNotFound), errors.Is(err, catalog.ErrNotFound):
		return NotFound()
	case errors.Is(err, blob.ErrDamaged):
		return NewProblem(CodeArtifactDamaged, "The stored file is no longer what was uploaded. Send it again; the log of the server has the details.")
	case errors.Is(err, blob.ErrNoSpace), errors.Is(err, catalog.ErrNoSpace):
		p := NewProblem(CodeInsufficientStorage, "The server has no space left. Nothing was changed; try again later.")
		p.retryAfter = 60
		return p
	case errors.Is(err, catalog.ErrIdempotencyReused):
		return NewProblem(CodeIdempotencyReused, "This Idempotency-Key was used for a different request in the last 24 hours.")
	case errors.Is(err, catalog.ErrBusy), errors.Is(err, catalog.ErrFenced):
		p := NewProblem(CodeSchemaBusy, "Another change is being applied to this schema. Try again in a moment.")
		p.retryAfter = 5
		return p
	case errors.Is(err, catalog.ErrUnavailable):
		p := NewProblem(CodeNotReady, "The store does not respond. Try again in a moment; with the same Idempotency-Key nothing is done twice.")
		p.retryAfter = 5
		return p
	case errors.Is(err, blob.ErrUnavailable):
		p := NewProblem(CodeNotReady, "The store of the artifacts does not respond. Try again in a moment; with the same Idempotency-Key nothing is done twice.")
		p.retryAfter = 5
		return p
	case errors.Is(err, turn.ErrCostly):
		return NewProblem(CodeQueryTooComplex, "The request needs more than a second of computing. Ask for less: fewer or shorter terms, a smaller part of the graph.")
	case errors.Is(err, catalog.ErrOverloaded):
		p := NewProblem(CodeNotReady, "Too many requests wait for this schema. Try again in a moment.")
		p.retryAfter = 2
		return p
	case errors.Is(err, errNoRoom):
		p := NewProblem(CodeNotReady, "Too many large replies wait for their clients (limits.replies). Try again in a moment, or ask for less.")
		p.retryAfter = 5
		return p.Limited("replies")
	case errors.Is(err, catalog.ErrInvalid):
		return NewProblem(CodeInvalidField, "%s", sentence(err))
	case errors.Is(err, catalog.ErrConflict):
		return NewProblem(CodeConflict, "%s", sentence(err))
	case errors.Is(err, catalog.ErrForbidden):
		return NewProblem(CodeForbidden, "This key may not do this.")
	case errors.Is(err, catalog.ErrTooLarge):
		return NewProblem(CodeBodyTooLarge, "%s", sentence(err))
	case errors.Is(err, catalog.ErrUnsupported):
		return NewProblem(CodeNotSupported, "This server does not support that.")
	case errors.Is(err, os.ErrDeadlineExceeded):
		return NewProblem(CodeRequestTimeout, "The body arrived too slowly.")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		p := NewProblem(CodeQueryTimeout, "The query was stopped because it took too long. Ask for less, or try again when the server is less busy.")
		p.retryAfter = 2
		return p
	}
	return NewProblem(CodeInternal, "Something went wrong on the server. Its log has the details under this request_id.")
}

// sentence returns an error as a sentence.
func sentence(err error) string {
	text := catalog.Message(err)
	first, size := utf8.DecodeRuneInString(text)
	return ended(string(unicode.ToUpper(first)) + text[size:])
}

// ended returns a sentence with its full stop, unless it asks something.
func ended(text string) string {
	if strings.HasSuffix(text, "?") {
		return text
	}
	return strings.TrimSuffix(text, ".") + "."
}

func ambiguity(err *catalog.AmbiguousError) *Problem {
	p := NewProblem(CodeConflict, "%s", sentence(err))
	for _, c := range err.Candidates {
		p.Candidates = append(p.Candidates, Candidate{ID: c.ID.Label(c.Kind), Name: c.Name, Project: c.Project, Relation: c.Relation})
	}
	return p
}

func accessProblem(err error) *Problem {
	var p *Problem
	var limited *access.LimitedError
	var wider *access.LimitError
	var password *access.PasswordError
	switch {
	case errors.As(err, &limited):
		return tooManyAttempts(limited)
	case errors.As(err, &wider):
		return NewProblem(CodeForbidden, "A key cannot make one that may do more: %s.", wider.Error()).About(wider.Field, wider.Reason)
	case errors.Is(err, access.ErrMissing):
		p = NewProblem(CodeMissingCredentials, "Sign in, or send an API key as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'.")
	case errors.Is(err, access.ErrUnknown):
		p = NewProblem(CodeInvalidCredentials, "The API key is not valid.")
	case errors.Is(err, access.ErrExpired):
		p = NewProblem(CodeExpiredCredentials, "The API key has expired. Create a new one.")
	case errors.Is(err, access.ErrSignedOut):
		p = NewProblem(CodeExpiredCredentials, "The session has ended. Sign in again.")
	case errors.Is(err, access.ErrWrongPassword):
		p = NewProblem(CodeInvalidCredentials, "The e-mail address or the password is not right.")
	case errors.Is(err, access.ErrProvider):
		p = NewProblem(CodeInvalidCredentials, "The single sign-on failed.")
	case errors.As(err, &password):
		return NewProblem(CodeInvalidField, "The password %s.", password.Reason).About("password", password.Reason)
	default:
		return nil
	}
	p.challenge = true
	return p
}

// tooManyAttempts returns the reply for an address that sent too many invalid keys.
func tooManyAttempts(err *access.LimitedError) *Problem {
	p := NewProblem(CodeQuotaExceeded, "%d attempts with an invalid API key or password within %d minutes came from this address, or for this account. Check it, then try again after the time in Retry-After.",
		err.Limit.Attempts, int(err.Limit.Within.Minutes()))
	p.Type = quotaType
	p.retryAfter = int(math.Ceil(err.After.Seconds()))
	p.rate = [2]string{
		fmt.Sprintf(`"auth_failures";q=%d;w=%d`, err.Limit.Attempts, int(err.Limit.Within.Seconds())), fmt.Sprintf(`"auth_failures";r=0;t=%d`, p.retryAfter),
	}
	return p.Limited("auth_failures")
}

// WriteProblem sends the reply for an error.
func WriteProblem(w http.ResponseWriter, r *http.Request, err error) {
	p := *ProblemOf(err)
	p.RequestID = RequestID(r.Context())
	if p.Status == http.StatusInternalServerError || p.Code == CodeNotReady {
		NoteFailure(r.Context(), err)
	}
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	if r.ContentLength != 0 {
		// Do not wait for a refused body.
		w.Header().Set("Connection", "close")
	}
	w.Header().Set("Content-Type", problemMedia)
	writeBody(w, p.Status, p)
}
