package apitest

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// Boundary of the forms that Form makes.
const Boundary = "------------------------d74496d66958873e"

// ContentType of the forms that Form makes.
const ContentType = "multipart/form-data; boundary=" + Boundary

// Part is one part of a form, with its header as it is on the wire.
type Part struct {
	Header string // lines without the last line break
	Body   []byte
}

// Text is a text part as curl sends it.
func Text(name, value string) Part {
	return Part{Header: fmt.Sprintf("Content-Disposition: form-data; name=%q", name), Body: []byte(value)}
}

// File is a file part as curl sends it.
func File(name, filename string, body []byte) Part {
	return Part{
		Header: fmt.Sprintf("Content-Disposition: form-data; name=%q; filename=%q\r\nContent-Type: application/octet-stream", name, filename),
		Body:   body,
	}
}

// Form puts parts together, byte by byte as on the wire.
func Form(parts ...Part) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		fmt.Fprintf(&b, "--%s\r\n%s\r\n\r\n", Boundary, p.Header)
		b.Write(p.Body)
		b.WriteString("\r\n")
	}
	fmt.Fprintf(&b, "--%s--\r\n", Boundary)
	return b.Bytes()
}

// Upload sends a form to the import API.
func (s *Server) Upload(t testing.TB, key string, form []byte, header ...string) Reply {
	t.Helper()
	return s.Do(t, "POST", "/api/v1/dbt_imports", key, bytes.NewReader(form), append([]string{"Content-Type", ContentType}, header...)...)
}

// Await waits until an import completes.
func (s *Server) Await(t testing.TB, key, imp string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		r := s.Get(t, "/api/v1/dbt_imports/"+imp, key)
		switch status := r.At(t, "data.attributes.status"); {
		case status == "completed":
			return
		case status == "failed", time.Now().After(end):
			t.Fatalf("%s does not complete: %s", imp, r.Body)
		}
	}
}

// Import uploads artifacts, waits for the end and returns the import's id. It
// fails the test unless the import completes.
func (s *Server) Import(t testing.TB, key, schema string, parts ...Part) string {
	t.Helper()
	form := Form(append([]Part{Text("schema_id", schema)}, parts...)...)
	r := s.Do(t, "POST", "/api/v1/dbt_imports?wait=60", key, bytes.NewReader(form), "Content-Type", ContentType)
	if r.Status != 202 || r.At(t, "data.attributes.status") != "completed" {
		t.Fatalf("import: %d %s", r.Status, strings.TrimSpace(string(r.Body)))
	}
	return r.At(t, "data.id").(string)
}
