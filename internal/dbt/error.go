package dbt

import (
	"fmt"
	"strings"
)

// Codes of errors that end the reading of an artifact.
const (
	CodeMalformed          = "artifact-malformed"
	CodeLimit              = "artifact-limit"
	CodeEncoding           = "artifact-encoding"
	CodeKindMismatch       = "artifact-kind-mismatch"
	CodeKindUnknown        = "artifact-kind-unknown"
	CodeVersionUnsupported = "artifact-version-unsupported"
)

// Error ends the reading of an artifact: nothing of the file may be kept. Fields that do not apply are zero.
type Error struct {
	Code      string
	Part      string // kind of artifact that was being read
	Offset    int64  // byte in the unpacked file, -1 where it has no meaning
	Pointer   string // JSON pointer of the place
	Limit     string // name of the limit that was exceeded, such as "depth"
	Expected  string
	Found     string
	Supported string
	Detail    string
	Remedy    string

	cause error
}

// Error names the code, the part, what is wrong, its place and the remedy, in one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Code)
	if e.Part != "" {
		b.WriteString(": " + e.Part)
	}
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	if e.Offset >= 0 {
		fmt.Fprintf(&b, " at byte %d", e.Offset)
	}
	if e.Pointer != "" {
		b.WriteString(" in " + shorten(e.Pointer, 200))
	}
	if e.Remedy != "" {
		b.WriteString("; " + e.Remedy)
	}
	return b.String()
}

// Unwrap returns the error underneath, if there is one.
func (e *Error) Unwrap() error { return e.cause }

const remedyRewrite = "run dbt again and send the new file"

func limitError(limit, detail, remedy string) *Error {
	return &Error{Code: CodeLimit, Limit: limit, Detail: detail, Remedy: remedy, Offset: -1}
}

func malformed(detail, remedy string) *Error {
	return &Error{Code: CodeMalformed, Detail: detail, Remedy: remedy, Offset: -1}
}

// shorten cuts s for a message; it never cuts inside a rune.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return cutRunes(s, n) + "…"
}

// cutRunes returns the longest prefix of s of at most n bytes that ends between two runes.
func cutRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
