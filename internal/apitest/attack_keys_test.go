package apitest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
)

// The eleventh attempt with an invalid key from one address is refused for a time, whatever the client says of its
// address; clients behind a trusted proxy are counted by their own.
func TestInvalidKeysAreLimited(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := Start(t, Options{
		NoWorker: true, AuthFailures: 10, Now: func() time.Time { return now }, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	})
	key := s.Key(t, access.ReadCatalog)
	from := func(key, client string) Reply { return s.Get(t, "/api/v1/schemas", key, "X-Forwarded-For", client) }
	if r := from(key, "192.0.2.1"); r.Status != 200 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	for i := range 10 {
		// What the client itself puts in the header is not its address.
		if r := from("nonsense", fmt.Sprintf("198.51.100.%d, 192.0.2.1", i)); r.Status != 401 {
			t.Fatalf("attempt %d: %d %s", i+1, r.Status, r.Body)
		}
	}
	now = now.Add(time.Minute)
	r := from("nonsense", "192.0.2.1")
	if r.Status != 429 || r.At(t, "code") != "quota-exceeded" || r.Header.Get("Retry-After") != strconv.Itoa(14*60) || r.At(t, "limit") != "auth_failures" {
		t.Errorf("the eleventh: %d, Retry-After %s, %s", r.Status, r.Header.Get("Retry-After"), r.Body)
	}
	if r.Header.Get("WWW-Authenticate") != "" {
		t.Error("a client that must wait is asked for credentials")
	}
	for name, want := range map[string]struct {
		reply  Reply
		status int
	}{
		"a key that was valid from there":   {from(key, "192.0.2.1"), 200},
		"another client of the proxy":       {from("nonsense", "192.0.2.2"), 401},
		"an upload":                         {s.Do(t, "POST", "/api/v1/dbt_imports", "nonsense", strings.NewReader("x"), "X-Forwarded-For", "192.0.2.1"), 429},
		"health":                            {s.Get(t, "/livez", "nonsense", "X-Forwarded-For", "192.0.2.1"), 200},
		"no key":                            {from("", "192.0.2.1"), 401},
		"a key in X-API-Key":                {s.Get(t, "/api/v1/schemas", "", "X-Forwarded-For", "192.0.2.1", "X-API-Key", "x"), 429},
		"credentials that are not a bearer": {s.Get(t, "/api/v1/schemas", "", "X-Forwarded-For", "192.0.2.1", "Authorization", "Basic YTpi"), 429},
	} {
		if want.reply.Status != want.status {
			t.Errorf("%s: %d %s", name, want.reply.Status, want.reply.Body)
		}
	}
	now = now.Add(14 * time.Minute)
	if r := from("nonsense", "192.0.2.1"); r.Status != 401 {
		t.Errorf("after 15 minutes: %d", r.Status)
	}
}

// A key that is sent anywhere but in its header is in no line of the log.
func TestKeysStayOutOfTheLog(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	key := s.Key(t, access.AdminWorkspace)
	encoded := strings.ReplaceAll(key, "_", "%5F")
	twice := strings.ReplaceAll(key, "_", "%255F")
	for path, status := range map[string]int{
		"/" + key: 400, "/api/v1/schemas/" + key: 400, "/api/v1/assets/" + encoded: 400, "/api/v1/assets/" + twice: 400, "/api/v1/assets/x/" + key + "/y": 400,
		"/livez/" + key: 400, "/api/v1/schemas?" + key: 400, "/api/v1/schemas?" + key + "=1": 400, "/api/v1/schemas?" + encoded + "=1": 400,
		"/api/v1/schemas?q=" + twice: 400, "/api/v1/schemas?x%5B" + key + "%5D=1": 400, "/../" + key: 400, "/api//" + key: 400,
		"/api/v1/schemas/" + strings.ToLower(key): 400, "/api/v1/assets/model.shop.twg_customer_transactions_by_region": 404,
	} {
		conn := dial(t, s)
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer %s\r\n\r\n", path, key)
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != status {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, status)
		}
		_ = res.Body.Close()
	}
	if r := s.Get(t, "/livez", "", "X-Request-Id", key); r.Header.Get("X-Request-Id") == key {
		t.Error("a key is taken for the id of a request")
	}
	s.Do(t, key, "/api/v1/schemas", key, nil)
	s.Get(t, "/api/v1/schemas", key, "Referer", "https://example.com/?k="+key, "User-Agent", key)
	log := s.Log.String()
	for _, form := range []string{key, encoded, twice, strings.ToLower(key), key[13:40]} {
		if strings.Contains(log, form) {
			t.Errorf("%s is in the log:\n%s", form, log)
		}
	}
}

func dial(t *testing.T, s *Server) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	return conn
}

// A line of the log says which key made the request from which address, or why a key was refused.
func TestLogNamesKeyAndAddress(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	secret, key, err := s.Access.Create(t.Context(), access.System(catalog.DefaultWorkspace), access.NewKey{Name: "ci", Scopes: []access.Scope{access.ReadCatalog}})
	if err != nil {
		t.Fatal(err)
	}
	for id, sent := range map[string]string{"good": secret, "malformed": "nonsense", "other": secret[:13] + strings.Repeat("a", 32) + secret[45:]} {
		s.Get(t, "/api/v1/schemas", sent, "X-Request-Id", id)
	}
	lines := map[string]map[string]any{}
	for text := range strings.Lines(s.Log.String()) {
		line := map[string]any{}
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		lines[fmt.Sprint(line["request_id"])] = line
	}
	if l := lines["good"]; l["key_id"] != "KEY-1" || l["by"] != "ci" || l["client"] != "127.0.0.1" || l["refused"] != nil {
		t.Errorf("%v", l)
	}
	if l := lines["malformed"]; l["key_id"] != nil || l["client"] != "127.0.0.1" || l["refused"] == nil {
		t.Errorf("%v", l)
	}
	if l := lines["other"]; l["refused"] == nil || strings.Contains(fmt.Sprint(l["refused"]), key.PublicID) {
		t.Errorf("the id of a key with a wrong checksum was looked at: %v", l)
	}
}

// A key with limits makes no key with fewer.
func TestLimitedAdministratorMakesLimitedKeys(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := Start(t, Options{NoWorker: true, Now: func() time.Time { return now }})
	mine := s.Schema(t, "mine")
	s.Schema(t, "other")
	end := now.Add(24 * time.Hour).UTC().Truncate(time.Second)
	limited := s.KeyFor(t, catalog.DefaultWorkspace, access.NewKey{
		Name: "team", Scopes: []access.Scope{access.AdminWorkspace}, SchemaIDs: []catalog.SchemaID{catalog.FirstSchema}, CIDRs: []string{"127.0.0.0/24"}, ExpiresAt: end,
	})
	create := func(fields string) Reply {
		return s.Send(t, "POST", "/api/v1/keys", limited, `{"name":"k","scopes":["admin:workspace"]`+fields+`}`)
	}
	for fields, field := range map[string]string{
		`,"never_expires":true`: "expires_at", `,"expires_at":"` + end.Add(time.Second).Format(time.RFC3339) + `"`: "expires_at",
		`,"cidrs":["127.0.0.0/8"]`: "cidrs", `,"cidrs":["0.0.0.0/0"]`: "cidrs", `,"cidrs":["::/0"]`: "cidrs", `,"cidrs":["127.0.0.1/32","::1/128"]`: "cidrs",
	} {
		if r := create(fields); r.Status != 403 || r.At(t, "code") != "forbidden" || r.At(t, "field") != field {
			t.Errorf("%s: %d %s", fields, r.Status, r.Body)
		}
	}
	if r := create(`,"schema_ids":["SCH-102"]`); r.Status != 422 {
		t.Errorf("a key for a schema that it does not see: %d %s", r.Status, r.Body)
	}
	r := create("")
	if r.Status != 201 || At(r.At(t, "data.attributes.schema_ids"), "0") != mine || At(r.At(t, "data.attributes.cidrs"), "0") != "127.0.0.0/24" ||
		r.At(t, "data.attributes.expires_at") != end.Format(time.RFC3339) {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}
