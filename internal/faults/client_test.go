//go:build linux

package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"
)

// client speaks to one server with an administrator's key.
type client struct {
	tb   testing.TB
	base string
	key  string
	http *http.Client
}

func (s *process) client(key string) *client {
	c := &client{tb: s.tb, base: s.base, key: key, http: &http.Client{Timeout: 60 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 60}}}
	s.tb.Cleanup(c.http.CloseIdleConnections)
	return c
}

// reply is what came back. A zero status means that nothing did.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// do sends a request; an error is that of a connection, never of a status.
func (c *client) do(method, path string, body io.Reader, header ...string) (reply, error) {
	req, err := http.NewRequestWithContext(context.Background(), method, c.base+path, body)
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := c.http.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		return reply{}, err
	}
	return reply{res.StatusCode, res.Header, got}, nil
}

// must demands a status.
func (c *client) must(status int, method, path, body string) reply {
	c.tb.Helper()
	var source io.Reader
	var header []string
	if body != "" {
		source, header = bytes.NewReader([]byte(body)), []string{"Content-Type", "application/json"}
	}
	r, err := c.do(method, path, source, header...)
	if err != nil {
		c.tb.Fatalf("%s %s: %v", method, path, err)
	}
	if r.status != status {
		c.tb.Fatalf("%s %s: status %d, want %d: %s", method, path, r.status, status, r.body)
	}
	return r
}

func (c *client) get(path string) reply {
	c.tb.Helper()
	return c.must(http.StatusOK, http.MethodGet, path, "")
}

// at reads a value of a JSON body by its keys and positions.
func (r reply) at(path ...any) any {
	var v any
	if err := json.Unmarshal(r.body, &v); err != nil {
		return nil
	}
	return at(v, path...)
}

func (r reply) text(path ...any) string {
	s, _ := r.at(path...).(string)
	return s
}

func at(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		case int:
			list, _ := v.([]any)
			if step >= len(list) {
				return nil
			}
			v = list[step]
		}
	}
	return v
}

// schema makes a schema and gives its id.
// setUp makes the first account, after which a start of the server writes
// nothing of its own beside what a test does.
func (c *client) setUp(token string) {
	c.tb.Helper()
	c.must(http.StatusCreated, "POST", "/api/v1/setup",
		fmt.Sprintf(`{"token":%q,"name":"Ada","email":"ada@example.com","password":"nine quiet rivers"}`, token))
}

func (c *client) schema(name string) string {
	c.tb.Helper()
	return c.must(http.StatusCreated, http.MethodPost, "/api/v1/schemas", fmt.Sprintf(`{"name":%q}`, name)).text("data", "id")
}

// form is an upload ready to be sent, again and again.
type form struct {
	kind string
	body []byte
}

func newForm(tb testing.TB, schema string, a artifacts) form {
	tb.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	err := w.WriteField("schema_id", schema)
	for _, part := range a.parts() {
		var to io.Writer
		if err == nil {
			to, err = w.CreateFormFile(part.name, part.name+".json")
		}
		if err == nil {
			_, err = to.Write(part.content)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		tb.Fatal(err)
	}
	return form{w.FormDataContentType(), b.Bytes()}
}

// upload sends a form, under an idempotency key unless that is "".
func (c *client) upload(f form, key string) (reply, error) {
	header := []string{"Content-Type", f.kind}
	if key != "" {
		header = append(header, "Idempotency-Key", key)
	}
	return c.do(http.MethodPost, "/api/v1/dbt_imports", bytes.NewReader(f.body), header...)
}

// send uploads artifacts and demands that they are accepted.
func (c *client) send(schema string, a artifacts) (id string) {
	c.tb.Helper()
	r, err := c.upload(newForm(c.tb, schema, a), "")
	if err != nil || r.status != http.StatusAccepted {
		c.tb.Fatalf("upload: %v, status %d: %s", err, r.status, r.body)
	}
	return r.text("data", "id")
}

// apply uploads artifacts and demands that their import completes.
func (c *client) apply(schema string, a artifacts) (id string) {
	c.tb.Helper()
	id = c.send(schema, a)
	if status := c.await(id, 60*time.Second); status != "completed" {
		c.tb.Fatalf("import %s is %s: %s", id, status, c.get("/api/v1/dbt_imports/"+id).body)
	}
	return id
}

// await follows an import until it has ended and gives its last known status.
// While the server does not answer it goes on asking.
func (c *client) await(id string, within time.Duration) string {
	status := "unknown"
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		r, err := c.do(http.MethodGet, "/api/v1/dbt_imports/"+id, nil)
		if err != nil || r.status != http.StatusOK {
			continue
		}
		if status = r.text("data", "attributes", "status"); status == "completed" || status == "failed" {
			break
		}
	}
	return status
}

// counters are the six figures of an import.
type counters [6]float64

func (c *client) counters(id string) counters {
	c.tb.Helper()
	r := c.get("/api/v1/dbt_imports/" + id)
	var n counters
	for i, name := range []string{"tables_created", "tables_updated", "columns_created", "columns_updated", "lineages_created", "lineages_updated"} {
		n[i], _ = r.at("data", "attributes", name).(float64)
	}
	return n
}

// report gives an attribute of an import's report.
func (c *client) report(id string, path ...any) any {
	c.tb.Helper()
	return c.get("/api/v1/dbt_imports/" + id + "/report").at(append([]any{"data", "attributes"}, path...)...)
}

// goroutines gives how many the server has, when its connections are gone.
func (c *client) goroutines() int {
	c.tb.Helper()
	c.http.CloseIdleConnections()
	var n int
	for line := range strings.Lines(string(c.get("/metrics").body)) {
		if text, ok := strings.CutPrefix(line, "go_goroutines "); ok {
			_, _ = fmt.Sscan(text, &n)
		}
	}
	if n == 0 {
		c.tb.Fatal("the metrics have no goroutines")
	}
	return n
}

// mustCalmDown demands that the server has no more goroutines than before, but
// for the handful that come and go.
func (c *client) mustCalmDown(before int) {
	c.tb.Helper()
	if !eventually(20*time.Second, func() bool { return c.goroutines() <= before+8 }) {
		c.tb.Errorf("I5: %d goroutines, %d before", c.goroutines(), before)
	}
}

// imports counts the imports of a schema.
func (c *client) imports(schema string) int {
	c.tb.Helper()
	return len(c.pages("/api/v1/dbt_imports?limit=200&schema_id=" + schema))
}
