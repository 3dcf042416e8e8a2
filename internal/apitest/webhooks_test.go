package apitest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
)

// receiver is a server that takes events.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	got    []received
	came   chan struct{}
}

type received struct {
	header http.Header
	body   []byte
	event  map[string]any
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{status: 204, came: make(chan struct{}, 100)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		one := received{header: request.Header, body: body}
		if err := json.Unmarshal(body, &one.event); err != nil {
			t.Error(err)
		}
		r.got = append(r.got, one)
		w.WriteHeader(r.status)
		r.came <- struct{}{}
	}))
	t.Cleanup(r.Close)
	return r
}

// next waits for the next event.
func (r *receiver) next(t *testing.T) received {
	t.Helper()
	select {
	case <-r.came:
	case <-time.After(20 * time.Second):
		t.Fatal("no event came")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	first := r.got[0]
	r.got = r.got[1:]
	return first
}

func (r *receiver) answer(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

// signedBy reports whether a delivery has a signature by a secret, as Standard Webhooks has it.
func (r received) signedBy(t *testing.T, secret string) bool {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", r.header.Get("webhook-id"), r.header.Get("webhook-timestamp"), r.body)
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for signature := range strings.FieldsSeq(r.header.Get("webhook-signature")) {
		if signature == want {
			return true
		}
	}
	return false
}

var local = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

func TestWebhooks(t *testing.T) { webhooks(t, Options{OutboundAllow: local}) }

func TestWebhooksOnPostgres(t *testing.T) {
	t.Parallel()
	webhooks(t, Options{OutboundAllow: local, Store: OnPostgres})
}

// Events are sent, signed, in the order of versions, once.
func webhooks(t *testing.T, o Options) {
	t.Helper()
	s := Start(t, o)
	admin := s.Key(t, access.AdminWorkspace)
	schema := s.Schema(t, "Analytics <Warehouse>")
	to := newReceiver(t)
	made := s.Send(t, "POST", "/api/v1/webhooks", admin, `{"name":"alerts","url":"`+to.URL+`/hook","events":["schema.changed","table.removed","test.failed","import.failed"]}`)
	if made.Status != 201 || made.Header.Get("Location") != "/api/v1/webhooks/WHK-1" || made.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s", made.Status, made.Body)
	}
	secret := made.At(t, "data.attributes.secret").(string)
	if read := s.Get(t, "/api/v1/webhooks/WHK-1", admin); strings.Contains(string(read.Body), "whsec_") {
		t.Errorf("the secret is shown again: %s", read.Body)
	}

	if r := s.Send(t, "POST", "/api/v1/webhooks/WHK-1/test", admin, ""); r.Status != 202 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	test := to.next(t)
	if test.event["type"] != "webhook.test" || !test.signedBy(t, secret) || test.header.Get("webhook-id") != "DLV-1" || test.header.Get("Content-Type") != "application/json" {
		t.Errorf("%v %s", test.header, test.body)
	}

	importShop(t, s, admin, schema, false)
	first := to.next(t)
	if first.event["type"] != "schema.changed" || At(first.event, "data.schema.id") != schema || At(first.event, "data.cause.id") != "IMP-1" || !first.signedBy(t, secret) {
		t.Errorf("%s", first.body)
	}
	if tables, _ := At(first.event, "data.tables").([]any); len(tables) == 0 || At(first.event, "data.tables.0.change") != "created" {
		t.Errorf("%s", first.body)
	}
	s.Import(t, admin, schema, File("manifest", "manifest.json", withoutModels(t, beforeManifest)))
	if r := s.Send(t, "POST", "/api/v1/schemas/"+schema+"/removals/confirm", admin, ""); r.Status != 200 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	removed := to.next(t)
	for removed.event["type"] == "schema.changed" { // views whose columns went
		removed = to.next(t)
	}
	if removed.event["type"] != "table.removed" || At(removed.event, "data.total").(float64) < 1 || At(removed.event, "data.tables.0.change") != "removed" {
		t.Errorf("%s", removed.body)
	}

	// A new secret: the one before it signs, too.
	rotated := s.Send(t, "PATCH", "/api/v1/webhooks/WHK-1", admin, `{"secret":""}`)
	second, _ := rotated.At(t, "data.attributes.secret").(string)
	if rotated.Status != 200 || second == "" || second == secret {
		t.Fatalf("%d %s", rotated.Status, rotated.Body)
	}
	s.Send(t, "POST", "/api/v1/webhooks/WHK-1/test", admin, "")
	if both := to.next(t); !both.signedBy(t, secret) || !both.signedBy(t, second) {
		t.Errorf("%v", both.header)
	}

	log := s.Get(t, "/api/v1/webhooks/WHK-1/deliveries?state=delivered&limit=1", admin)
	if log.At(t, "data.0.attributes.status") != float64(204) || log.At(t, "data.0.attributes.attempts") != float64(1) || log.At(t, "links.next") == nil {
		t.Errorf("%s", log.Body)
	}

	// 410 disables it.
	to.answer(410)
	s.Send(t, "POST", "/api/v1/webhooks/WHK-1/test", admin, "")
	to.next(t)
	waitFor(t, func() bool {
		return s.Get(t, "/api/v1/webhooks/WHK-1", admin).At(t, "data.attributes.enabled") == false
	})
	if r := s.Send(t, "POST", "/api/v1/webhooks/WHK-1/test", admin, ""); r.Status != 409 {
		t.Errorf("a disabled one: %d %s", r.Status, r.Body)
	}
	to.answer(200)
	if r := s.Send(t, "PATCH", "/api/v1/webhooks/WHK-1", admin, `{"enabled":true}`); r.Status != 200 || r.At(t, "data.attributes.disabled_reason") != "" {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	failed := s.Get(t, "/api/v1/webhooks/WHK-1/deliveries?state=failed", admin)
	id, _ := failed.At(t, "data.0.id").(string)
	if r := s.Send(t, "POST", "/api/v1/webhooks/WHK-1/deliveries/"+id+"/redeliver", admin, ""); r.Status != 202 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	if again := to.next(t); again.header.Get("webhook-id") != id {
		t.Errorf("%v", again.header)
	}

	if r := s.Send(t, "DELETE", "/api/v1/webhooks/WHK-1", admin, ""); r.Status != 204 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := s.Get(t, "/api/v1/webhooks/WHK-1/deliveries", admin); r.Status != 404 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if strings.Contains(s.Log.String(), "whsec_") {
		t.Error("a secret is in the log")
	}
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not happen")
		}
	}
}

// Addresses that are not public, and values that a webhook cannot have, are refused when they are set.
func TestWebhooksRefuse(t *testing.T) {
	s := Start(t, Options{})
	admin := s.Key(t, access.AdminWorkspace)
	for _, url := range []string{
		"http://169.254.169.254/latest", "https://169.254.169.254/", "https://localhost/", "https://127.0.0.1/", "http://example.com/", "https://internal.example.com/",
		"https://[::ffff:10.0.0.1]/", "https://ana:pw@example.com/", "file:///etc/passwd", "gopher://example.com/", "https://example.com:22/", "https://nowhere.invalid/",
	} {
		body, _ := json.Marshal(map[string]string{"name": "w", "url": url})
		r := s.Send(t, "POST", "/api/v1/webhooks", admin, string(body))
		if r.Status != 422 || r.At(t, "code") != "endpoint-not-allowed" || r.At(t, "field") != "url" {
			t.Errorf("%s: %d %s", url, r.Status, r.Body)
		}
	}
	for body, field := range map[string]string{
		`{"name":"w","url":"https://example.com/","events":["x"]}`:         "events",
		`{"name":"w","url":"https://example.com/","secret":"short"}`:       "secret",
		`{"name":"w","url":"https://example.com/","schema_ids":["SCH-9"]}`: "schema_ids",
		`{"name":" ","url":"https://example.com/"}`:                        "name",
	} {
		if r := s.Send(t, "POST", "/api/v1/webhooks", admin, body); r.Status != 422 || r.At(t, "field") != field {
			t.Errorf("%s: %d %s", body, r.Status, r.Body)
		}
	}
	if r := s.Send(t, "POST", "/api/v1/webhooks", s.Key(t, access.WriteCatalog), `{"name":"w","url":"https://example.com/"}`); r.Status != 403 {
		t.Errorf("an editor: %d", r.Status)
	}
}
