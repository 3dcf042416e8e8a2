package buckettest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// maxSkew is how far the clocks of client and server may differ.
const maxSkew = 15 * time.Minute

// signed lets requests through that are signed as AWS Signature Version 4 wants it. It changes Accept-Encoding before
// it computes the signature, as the front ends of Google Cloud Storage do.
func (s *S3) signed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Accept-Encoding", "gzip(gfe)")
		if code := refusal(r); code != "" {
			Refuse(w, http.StatusForbidden, code)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Refuse answers with an error as S3 does.
func Refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>%s</Code><Message>refused</Message></Error>`, code)
}

// refusal returns the code of the error that a request deserves, or "".
func refusal(r *http.Request) string {
	a, ok := parseAuthorization(r.Header.Get("Authorization"))
	switch {
	case !ok:
		return "AccessDenied"
	case a.scope[0] != AccessKeyID:
		return "InvalidAccessKeyId"
	case a.scope[2] != Region:
		return "AuthorizationHeaderMalformed"
	}
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil || time.Since(at).Abs() > maxSkew {
		return "RequestTimeTooSkewed"
	}
	if !hmac.Equal([]byte(a.signature), []byte(signature(r, a))) {
		return "SignatureDoesNotMatch"
	}
	return ""
}

type authorization struct {
	scope     []string // access key id, date, region, service, "aws4_request"
	headers   []string
	signature string
}

func parseAuthorization(text string) (a authorization, ok bool) {
	fields, ok := strings.CutPrefix(text, "AWS4-HMAC-SHA256 ")
	for part := range strings.SplitSeq(fields, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Credential":
			a.scope = strings.Split(value, "/")
		case "SignedHeaders":
			a.headers = strings.Split(value, ";")
		case "Signature":
			a.signature = value
		}
	}
	return a, ok && len(a.scope) == 5 && a.signature != ""
}

func signature(r *http.Request, a authorization) string {
	var headers strings.Builder
	for _, h := range a.headers {
		value := r.Header.Get(h)
		if h == "host" {
			value = r.Host
		}
		fmt.Fprintf(&headers, "%s:%s\n", h, strings.TrimSpace(value))
	}
	canonical := strings.Join([]string{
		r.Method, r.URL.EscapedPath(), canonicalQuery(r.URL.Query()), headers.String(),
		strings.Join(a.headers, ";"), r.Header.Get("X-Amz-Content-Sha256"),
	}, "\n")
	hash := sha256.Sum256([]byte(canonical))
	text := strings.Join([]string{"AWS4-HMAC-SHA256", r.Header.Get("X-Amz-Date"), strings.Join(a.scope[1:], "/"), hex.EncodeToString(hash[:])}, "\n")
	key := []byte("AWS4" + SecretAccessKey)
	for _, part := range a.scope[1:] {
		key = mac(key, part)
	}
	return hex.EncodeToString(mac(key, text))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func canonicalQuery(q url.Values) string {
	var parts []string
	for name, values := range q {
		for _, v := range values {
			parts = append(parts, strings.ReplaceAll(url.QueryEscape(name)+"="+url.QueryEscape(v), "+", "%20"))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "&")
}

// conditional answers If-Match, which the store behind does not know, as S3 does.
func conditional(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		want := r.Header.Get("If-Match")
		if want == "" {
			next.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(&matching{ResponseWriter: w, want: want}, r)
	})
}

// matching answers 412 in place of an object with another tag.
type matching struct {
	http.ResponseWriter
	want    string
	decided bool
	refused bool
}

func (m *matching) WriteHeader(status int) {
	if m.decided {
		return
	}
	if m.decided = true; status == http.StatusOK && m.Header().Get("Etag") != m.want {
		m.refused = true
		m.Header().Del("Content-Length")
		Refuse(m.ResponseWriter, http.StatusPreconditionFailed, "PreconditionFailed")
		return
	}
	m.ResponseWriter.WriteHeader(status)
}

func (m *matching) Write(b []byte) (int, error) {
	if !m.decided {
		m.WriteHeader(http.StatusOK)
	}
	if m.refused {
		return len(b), nil
	}
	return m.ResponseWriter.Write(b)
}
