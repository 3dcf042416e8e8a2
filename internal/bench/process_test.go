package bench

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// server is a real process.
type server struct {
	b      *testing.B
	cmd    *exec.Cmd
	client *http.Client
	base   string
	key    string
}

// clockTicks is the unit of /proc/<pid>/stat on Linux.
const clockTicks = 100

// serverBinary is THALWEG_BENCH_BINARY, to measure another version by the same
// requests, or else this tree's, built now.
func serverBinary(b *testing.B) string {
	if path := os.Getenv("THALWEG_BENCH_BINARY"); path != "" {
		return path
	}
	path := filepath.Join(b.TempDir(), "thalweg")
	out, err := exec.CommandContext(b.Context(), "go", "build", "-o", path, "github.com/thalweg-data/thalweg/cmd/thalweg").CombinedOutput()
	if err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return path
}

// start runs the server on a folder, with more settings NAME=VALUE, and waits until it is ready.
func start(b *testing.B, binary, data string, settings ...string) *server {
	s := &server{
		b: b, cmd: exec.Command(binary, "serve", "--data", data, "--listen", "127.0.0.1:0"),
		client: &http.Client{Timeout: 10 * time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: maxOpen}},
	}
	s.cmd.Env = append(append(os.Environ(), "THALWEG_LOG_LEVEL=error"), settings...)
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	for s.base == "" && lines.Scan() {
		if _, key, ok := strings.Cut(lines.Text(), "shown this once: "); ok {
			s.key = key
		}
		if _, base, ok := strings.Cut(lines.Text(), " serves "); ok {
			s.base = base
		}
	}
	go func() { _, _ = io.Copy(io.Discard, stderr) }()
	if s.base == "" {
		b.Fatal("the server did not start")
	}
	b.Cleanup(s.stop)
	return s
}

func (s *server) stop() {
	if s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Signal(syscall.SIGTERM)
		_ = s.cmd.Wait()
	}
}

// used is the processor time that the server has had.
func (s *server) used() time.Duration { return usedBy(s.cmd.Process.Pid) }

// usedBy is the processor time that a process has had; 0 if it is gone.
func usedBy(pid int) time.Duration {
	fields := statOf(pid)
	if fields == nil {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * time.Second / clockTicks
}

// parentOf is the process that started one.
func parentOf(pid int) int {
	fields := statOf(pid)
	if fields == nil {
		return 0
	}
	parent, _ := strconv.Atoi(fields[1])
	return parent
}

// statOf has the fields of /proc/<pid>/stat from the state on.
func statOf(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	return strings.Fields(string(text)[strings.LastIndexByte(string(text), ')')+2:])
}

// anonymous is the server's anonymous memory (RssAnon), in MB.
func (s *server) anonymous() float64 { return rssAnonOf(strconv.Itoa(s.cmd.Process.Pid)) }

// call sends a request and returns the reply's status; a JSON reply is decoded into out.
func (s *server) call(method, path, kind string, body io.Reader, out any) int {
	status, reply, err := s.try(method, path, kind, body)
	if err != nil {
		s.b.Fatal(err)
	}
	if out != nil {
		if err := json.Unmarshal(reply, out); err != nil {
			s.b.Fatalf("%s %s: %d %s", method, path, status, reply)
		}
	}
	return status
}

// try is call for any goroutine: it returns what went wrong.
func (s *server) try(method, path, kind string, body io.Reader) (status int, reply []byte, err error) {
	req, err := http.NewRequestWithContext(s.b.Context(), method, s.base+path, body)
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	res, err := s.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	reply, err = io.ReadAll(res.Body)
	return res.StatusCode, reply, err
}

type document struct {
	Data struct {
		ID         string         `json:"id"`
		Attributes map[string]any `json:"attributes"`
	} `json:"data"`
}

func (s *server) newSchema(name string) string {
	var schema document
	if status := s.call(http.MethodPost, "/api/v1/schemas", "application/json", strings.NewReader(`{"name":"`+name+`"}`), &schema); status != http.StatusCreated {
		s.b.Fatalf("new schema: %d", status)
	}
	return schema.Data.ID
}

// upload sends artifacts and returns the import's id, the time until the reply and the
// processor time that the server spent until then.
func (s *server) upload(schema string, artifacts []artifact) (id string, took, used time.Duration) {
	began, before := time.Now(), s.used()
	id, err := s.tryUpload(schema, artifacts)
	if err != nil {
		s.b.Fatal(err)
	}
	return id, time.Since(began), s.used() - before
}

// tryUpload is upload for any goroutine.
func (s *server) tryUpload(schema string, artifacts []artifact) (id string, err error) {
	r, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() {
		_ = form.WriteField("schema_id", schema)
		for _, a := range artifacts {
			part, err := form.CreateFormFile(a.name, a.name+".json")
			if err == nil {
				err = a.copyTo(part)
			}
			if err != nil {
				_ = w.CloseWithError(err)
				return
			}
		}
		_ = w.CloseWithError(form.Close())
	}()
	status, reply, err := s.try(http.MethodPost, "/api/v1/dbt_imports", form.FormDataContentType(), r)
	if err != nil {
		return "", err
	}
	var doc document
	if err := json.Unmarshal(reply, &doc); err != nil || status != http.StatusAccepted {
		return "", fmt.Errorf("upload: %d %s", status, reply)
	}
	return doc.Data.ID, nil
}

// await polls until the import ended and returns the highest memory seen.
func (s *server) await(id string) (peak float64) {
	peak, err := s.tryAwait(id)
	if err != nil {
		s.b.Fatal(err)
	}
	return peak
}

// tryAwait is await for any goroutine.
func (s *server) tryAwait(id string) (peak float64, err error) {
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		status, reply, err := s.try(http.MethodGet, "/api/v1/dbt_imports/"+id, "", nil)
		if err != nil {
			return peak, err
		}
		peak = max(peak, s.anonymous())
		var doc document
		if err := json.Unmarshal(reply, &doc); err != nil {
			return peak, fmt.Errorf("import %s: %d %s", id, status, reply)
		}
		switch doc.Data.Attributes["status"] {
		case "completed":
			return peak, nil
		case "failed", "canceled":
			return peak, fmt.Errorf("import %s: %v", id, doc.Data.Attributes["error_message"])
		}
		time.Sleep(wait)
	}
}

// imported uploads artifacts, waits for the import and prints what both cost.
func (s *server) imported(label, schema string, artifacts []artifact) {
	began, before := time.Now(), s.used()
	id, reply, uploading := s.upload(schema, artifacts)
	peak := s.await(id)
	took, used := time.Since(began), s.used()-before
	fmt.Printf("%-34s upload %5.0f ms, cpu %5.0f ms; import wall %6.0f ms, cpu %6.0f ms; peak anonymous %4.0f MB\n",
		label, ms(reply), ms(uploading), ms(took-reply), ms(used-uploading), peak)
}
