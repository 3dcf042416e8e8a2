package apitest

import (
	"bufio"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/httpapi"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// sent is an event of a stream; one without a name is a comment.
type sent struct{ id, name, data string }

// follow opens the events of an import. next returns one event after the other, false at the end of the stream.
func (s *Server) follow(t *testing.T, key, imp, last string) (r *http.Response, next func() (sent, bool)) {
	t.Helper()
	return s.followPath(t, key, "/api/v1/dbt_imports/"+imp+"/events", last)
}

func (s *Server) followPath(t *testing.T, key, path, last string, header ...string) (r *http.Response, next func() (sent, bool)) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+key)
	for n := 0; n < len(header); n += 2 {
		request.Header.Set(header[n], header[n+1])
	}
	if last != "" {
		request.Header.Set("Last-Event-ID", last)
	}
	r, err = s.http.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Body.Close() })
	lines := bufio.NewReader(r.Body)
	return r, func() (e sent, ok bool) {
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return sent{}, false
			}
			field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			switch field {
			case "id":
				e.id = value
			case "event":
				e.name = value
			case "data":
				e.data = value
			case "":
				if line == "\n" {
					return e, true
				}
				e.data = value
			}
		}
	}
}

// The states of an import arrive as they are stored, also for a client that was cut off, and the last one ends the
// stream.
func TestEventsOfAnImport(t *testing.T) {
	s := Start(t, Options{NoWorker: true, Events: httpapi.EventTimes{Poll: time.Millisecond, Heartbeat: time.Hour, Most: time.Hour}})
	key := s.Key(t, access.AdminWorkspace)
	imp := s.Upload(t, key, Form(Text("schema_id", s.Schema(t, "Shop")), File("manifest", "manifest.json", beforeManifest))).At(t, "data.id").(string)
	r, next := s.follow(t, key, imp, "")
	first, ok := next()
	if !ok || r.Header.Get("Content-Type") != "text/event-stream" || r.Header.Get("Cache-Control") != "no-store" || first.name != "progress" || first.id == "" || !strings.Contains(first.data, `"status":"pending"`) {
		t.Fatalf("%v %+v", r.Header, first)
	}
	_, resumed := s.follow(t, key, imp, first.id)
	if c := s.Send(t, http.MethodPost, "/api/v1/dbt_imports/"+imp+"/cancel", key, ""); c.Status/100 != 2 {
		t.Fatalf("%d %s", c.Status, c.Body)
	}
	end, ok := next()
	if again, okAgain := resumed(); !ok || !okAgain || end.name != "end" || again != end {
		t.Errorf("%+v, resumed %+v", end, again)
	}
	if more, ok := next(); ok {
		t.Errorf("after the end: %+v", more)
	}
	var got, want map[string]any
	report := s.Get(t, "/api/v1/dbt_imports/"+imp+"/report", key)
	if json.Unmarshal([]byte(end.data), &got) != nil || json.Unmarshal(report.Body, &want) != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("the end is %s, the report %s", end.data, report.Body)
	}
	if r, _ := s.follow(t, key, imp, end.id); r.StatusCode != http.StatusNoContent {
		t.Errorf("after the end a client gets %d", r.StatusCode)
	}
	if _, late := s.follow(t, key, imp, first.id); func() sent { e, _ := late(); return e }() != end {
		t.Error("a client that comes later does not get the end")
	}
}

// A stream without news has comments, and ends by itself.
func TestEventsWithoutNews(t *testing.T) {
	s := Start(t, Options{NoWorker: true, Events: httpapi.EventTimes{Poll: time.Millisecond, Heartbeat: time.Nanosecond, Most: 50 * time.Millisecond}})
	key := s.Key(t, access.AdminWorkspace)
	imp := s.Upload(t, key, Form(Text("schema_id", s.Schema(t, "Shop")), File("manifest", "manifest.json", beforeManifest))).At(t, "data.id").(string)
	_, next := s.follow(t, key, imp, "")
	if e, _ := next(); e.name != "progress" {
		t.Errorf("%+v", e)
	}
	comments := 0
	for e, ok := next(); ok; e, ok = next() {
		if e.name != "" || e.data != "no news" {
			t.Errorf("%+v", e)
		}
		comments++
	}
	if comments == 0 {
		t.Error("no comments")
	}
}

// A key has a bounded number of streams; one that ends makes room.
func TestStreamsPerKey(t *testing.T) {
	limits := httpserver.DefaultLimits()
	limits.Streams = 2
	s := Start(t, Options{NoWorker: true, Limits: limits, Events: httpapi.EventTimes{Poll: time.Millisecond, Heartbeat: time.Hour, Most: time.Hour}})
	key := s.Key(t, access.AdminWorkspace)
	imp := s.Upload(t, key, Form(Text("schema_id", s.Schema(t, "Shop")), File("manifest", "manifest.json", beforeManifest))).At(t, "data.id").(string)
	r, next := s.follow(t, key, imp, "")
	_, other := s.follow(t, key, imp, "")
	_, _ = next()
	_, _ = other()
	refused := s.Get(t, "/api/v1/dbt_imports/"+imp+"/events", key)
	if refused.Status != http.StatusTooManyRequests || refused.At(t, "limit") != "streams" || refused.Header.Get("Retry-After") == "" {
		t.Errorf("%d %s", refused.Status, refused.Body)
	}
	if r, _ := s.follow(t, s.Key(t, access.ReadImports), imp, ""); r.StatusCode != http.StatusOK {
		t.Errorf("another key: %d", r.StatusCode)
	}
	_ = r.Body.Close()
	for {
		if r, _ := s.follow(t, key, imp, ""); r.StatusCode == http.StatusOK {
			break
		}
	}
}
