package buckettest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Account is the number of the account whose identity calls the token service.
const Account = "210987654321"

// STS is a server that speaks the protocol of AWS's token service. Its roles let themselves be assumed only with their
// External ID, if they have one.
type STS struct {
	URL string

	mu    sync.Mutex
	roles map[string]string // ARN → External ID
	calls []url.Values
}

// NewSTS starts a server, which ends with the test.
func NewSTS(t *testing.T) *STS {
	t.Helper()
	s := &STS{roles: map[string]string{}}
	server := httptest.NewServer(http.HandlerFunc(s.answer))
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Trust makes a role that is assumed with that External ID; "" = with any, and without one.
func (s *STS) Trust(arn, externalID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.roles[arn] = externalID
}

// Calls returns the parameters of the calls since the last call.
func (s *STS) Calls() []url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := s.calls
	s.calls = nil
	return calls
}

func (s *STS) answer(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		refuseSTS(w, http.StatusBadRequest, "MalformedQueryString")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, r.Form)
	switch r.Form.Get("Action") {
	case "GetCallerIdentity":
		_, _ = fmt.Fprintf(w, `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>`+
			`<Arn>arn:aws:iam::%s:user/thalweg</Arn><UserId>AIDA</UserId><Account>%[1]s</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`, Account)
	case "AssumeRole":
		want, there := s.roles[r.Form.Get("RoleArn")]
		if !there || want != "" && r.Form.Get("ExternalId") != want {
			refuseSTS(w, http.StatusForbidden, "AccessDenied")
			return
		}
		_, _ = fmt.Fprintf(w, `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>`+
			`<AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey><SessionToken>token</SessionToken><Expiration>%s</Expiration>`+
			`</Credentials></AssumeRoleResult></AssumeRoleResponse>`, AccessKeyID, SecretAccessKey, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	default:
		refuseSTS(w, http.StatusBadRequest, "InvalidAction")
	}
}

func refuseSTS(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>%s</Code>`+
		`<Message>refused</Message></Error></ErrorResponse>`, code)
}
