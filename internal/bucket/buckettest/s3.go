// Package buckettest has local servers that speak the protocols of object stores, and a suite for what reads them.
package buckettest

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// Credentials that the servers know, and their region.
const (
	AccessKeyID     = "AKIDEXAMPLE000000001"
	SecretAccessKey = "canary-secret-access-key-0000000000000001"
	Region          = "eu-test-1"
	Name            = "artifacts"
)

// S3 is a server that speaks the protocol of S3, checks signatures and counts requests.
type S3 struct {
	URL string

	t       *testing.T
	backend gofakes3.Backend
	mu      sync.Mutex
	log     []string
	fault   Fault
	faults  map[string]*bool // by name: whether it fired
}

// Fault may answer a request in place of the server; next answers it as the server does. It counts as fired once it
// returns true.
type Fault func(w http.ResponseWriter, r *http.Request, next http.Handler) (fired bool)

// NewS3 starts a server with one empty bucket, which ends with the test.
func NewS3(t *testing.T) *S3 {
	t.Helper()
	s := &S3{t: t, backend: s3mem.New(), faults: map[string]*bool{}}
	if err := s.backend.CreateBucket(Name); err != nil {
		t.Fatal(err)
	}
	store := gofakes3.New(s.backend, gofakes3.WithoutVersioning()).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.log = append(s.log, r.Method+" "+r.URL.Path)
		fault := s.fault
		s.mu.Unlock()
		checked := s.signed(conditional(store))
		if fault == nil || !fault(w, r, checked) {
			checked.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(func() { s.end(server) })
	s.URL = server.URL
	return s
}

// Put writes an object.
func (s *S3) Put(key string, content []byte) {
	s.t.Helper()
	if _, err := s.backend.PutObject(Name, key, map[string]string{}, bytes.NewReader(content), int64(len(content)), nil); err != nil {
		s.t.Fatal(err)
	}
}

// Delete deletes an object.
func (s *S3) Delete(key string) {
	s.t.Helper()
	if _, err := s.backend.DeleteObject(Name, key); err != nil {
		s.t.Fatal(err)
	}
}

// Requests returns the requests since the last call, as "GET /artifacts/key".
func (s *S3) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	log := s.log
	s.log = nil
	return log
}

// Inject makes the server answer by the fault from now on; nil ends that. The test fails if a fault did not fire.
func (s *S3) Inject(name string, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault = nil; f == nil {
		return
	}
	fired := new(bool)
	s.faults[name] = fired
	s.fault = func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		did := f(w, r, next)
		s.mu.Lock()
		defer s.mu.Unlock()
		*fired = *fired || did
		return did
	}
}

// end stops the server and checks that all faults fired.
func (s *S3) end(server *httptest.Server) {
	server.Close() // waits for requests
	for name, fired := range s.faults {
		if !*fired {
			s.t.Errorf("the fault %q did not fire", name)
		}
	}
}
