package bench

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// server is a real process.
type server struct {
	b    *testing.B
	cmd  *exec.Cmd
	base string
	key  string
}

// clockTicks is the unit of /proc/<pid>/stat on Linux.
const clockTicks = 100

func buildServer(b *testing.B) string {
	path := filepath.Join(b.TempDir(), "thalweg")
	out, err := exec.CommandContext(b.Context(), "go", "build", "-o", path, "github.com/thalweg-data/thalweg/cmd/thalweg").CombinedOutput()
	if err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return path
}

// start runs the server on a folder and waits until it is ready.
func start(b *testing.B, binary, data string) *server {
	s := &server{b: b, cmd: exec.Command(binary, "serve", "--data", data, "--listen", "127.0.0.1:0")}
	s.cmd.Env = append(os.Environ(), "THALWEG_LOG_LEVEL=error")
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
func (s *server) used() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text)[strings.LastIndexByte(string(text), ')')+2:])
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * time.Second / clockTicks
}

func (s *server) anonymous() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "RssAnon:")
	kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	return kb / 1024
}

func (s *server) call(method, path, kind string, body io.Reader, out any) int {
	req, err := http.NewRequestWithContext(s.b.Context(), method, s.base+path, body)
	if err != nil {
		s.b.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.b.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	reply, err := io.ReadAll(res.Body)
	if err != nil {
		s.b.Fatal(err)
	}
	if out != nil {
		if err := json.Unmarshal(reply, out); err != nil {
			s.b.Fatalf("%s %s: %d %s", method, path, res.StatusCode, reply)
		}
	}
	return res.StatusCode
}

type document struct {
	Data struct {
		ID         string         `json:"id"`
		Attributes map[string]any `json:"attributes"`
	} `json:"data"`
}

// upload sends a folder's manifest and catalog and tells how long the reply
// took and what the server spent until then.
func (s *server) upload(schema, dir string) (id string, took, used time.Duration) {
	r, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() {
		_ = form.WriteField("schema_id", schema)
		for _, name := range []string{"manifest", "catalog"} {
			part, _ := form.CreateFormFile(name, name+".json")
			f, err := os.Open(filepath.Join(dir, name+".json"))
			if err == nil {
				_, err = io.Copy(part, f)
				_ = f.Close()
			}
			if err != nil {
				_ = w.CloseWithError(err)
				return
			}
		}
		_ = w.CloseWithError(form.Close())
	}()
	began, before := time.Now(), s.used()
	var doc document
	if status := s.call(http.MethodPost, "/api/v1/dbt_imports", form.FormDataContentType(), r, &doc); status != http.StatusAccepted {
		s.b.Fatalf("upload: %d", status)
	}
	return doc.Data.ID, time.Since(began), s.used() - before
}

// await polls until the import ended and gives its longest memory.
func (s *server) await(id string) (peak float64) {
	for {
		var doc document
		s.call(http.MethodGet, "/api/v1/dbt_imports/"+id, "", nil, &doc)
		peak = max(peak, s.anonymous())
		switch doc.Data.Attributes["status"] {
		case "completed":
			return peak
		case "failed":
			s.b.Fatal(doc.Data.Attributes["error_message"])
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// plainCopy is the baseline of an upload: read, sha256, write, fsync.
func plainCopy(b *testing.B, dir string) time.Duration {
	before := cpu()
	for _, name := range []string{"manifest", "catalog"} {
		in, err := os.Open(filepath.Join(dir, name+".json"))
		if err != nil {
			b.Fatal(err)
		}
		out, err := os.Create(filepath.Join(b.TempDir(), name))
		if err != nil {
			b.Fatal(err)
		}
		h := sha256.New()
		if _, err := io.Copy(io.MultiWriter(out, h), in); err != nil {
			b.Fatal(err)
		}
		if err := out.Sync(); err != nil {
			b.Fatal(err)
		}
		_, _ = out.Close(), in.Close()
	}
	return cpu() - before
}

// BenchmarkServer sends the project to a real server and asks it for pages
// while it imports.
func BenchmarkServer(b *testing.B) {
	dir := projectDir(b)
	binary, data := buildServer(b), b.TempDir()
	s := start(b, binary, data)
	var schema document
	s.call(http.MethodPost, "/api/v1/schemas", "application/json", strings.NewReader(`{"name":"Bench"}`), &schema)
	baseline := plainCopy(b, filepath.Join(dir, "first"))
	id, took, used := s.upload(schema.Data.ID, filepath.Join(dir, "first"))
	fmt.Printf("upload: reply after %.0f ms; cpu of the server %.0f ms, %.2f times that of sha256 + copy + fsync (%.0f ms)\n", ms(took), ms(used), ms(used)/ms(baseline), ms(baseline))
	first := s.used()
	began := time.Now()
	peak := s.await(id)
	fmt.Printf("first import: %.0f ms after the reply, cpu %.0f ms, peak anonymous %.0f MB\n", ms(time.Since(began)), ms(s.used()-first), peak)
	other := secondSchema(s)
	s.load(schema.Data.ID, id, "idle", nil)
	done := make(chan struct{})
	busy, _, _ := s.upload(other, filepath.Join(dir, "first"))
	go func() { s.await(busy); close(done) }()
	s.load(schema.Data.ID, id, "while a first import runs", done)
	<-done
	began = time.Now()
	s.stop()
	stopped := time.Since(began)
	began = time.Now()
	again := start(b, binary, data)
	again.key = s.key
	fmt.Printf("start on this catalog: %.0f ms (stop %.0f ms)\n", ms(time.Since(began)), ms(stopped))
}

func secondSchema(s *server) string {
	var schema document
	s.call(http.MethodPost, "/api/v1/schemas", "application/json", strings.NewReader(`{"name":"Bench 2"}`), &schema)
	return schema.Data.ID
}

// load asks 50 times a second, for 10 s or until done, and prints the 99th
// percentile of each kind of page.
func (s *server) load(schema, imp, label string, done <-chan struct{}) {
	columns := s.someColumns()
	pages := []struct {
		name  string
		paths []string
	}{
		{"import status", []string{"/api/v1/dbt_imports/" + imp}},
		{"table page", []string{"/api/v1/assets/TBL-5000"}},
		{"3-hop lineage", []string{"/api/v1/lineage?schema_id=" + schema + "&select=" + s.someModel(schema)}},
		{"column lineage, both ways, all depths", columns},
	}
	began := time.Now()
	s.call(http.MethodGet, columns[0], "", nil, nil)
	fmt.Printf("first column lineage of the version, %s: %.0f ms\n", label, ms(time.Since(began)))
	times := make([][]time.Duration, len(pages))
	var mu sync.Mutex
	var wg sync.WaitGroup
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for i := range 500 {
		select {
		case <-tick.C:
		case <-done:
			i = 500
		}
		if i == 500 {
			break
		}
		k := i % len(pages)
		wg.Go(func() {
			began := time.Now()
			s.call(http.MethodGet, pages[k].paths[i/len(pages)%len(pages[k].paths)], "", nil, nil)
			mu.Lock()
			times[k] = append(times[k], time.Since(began))
			mu.Unlock()
		})
	}
	wg.Wait()
	for k, p := range pages {
		slices.Sort(times[k])
		if n := len(times[k]); n > 0 {
			fmt.Printf("%s, %s: median %.1f ms, p99 %.1f ms of %d\n", p.name, label, ms(times[k][n/2]), ms(times[k][n*99/100]), n)
		}
	}
}

// someModel is a selector of the neighbourhood of a model in the middle.
func (s *server) someModel(schema string) string {
	var page struct {
		Data []struct {
			Attributes struct {
				Name string `json:"name"`
			} `json:"attributes"`
		} `json:"data"`
	}
	s.call(http.MethodGet, "/api/v1/assets?kind=model&limit=100&schema_id="+schema, "", nil, &page)
	if len(page.Data) == 0 {
		s.b.Fatal("no model to look at")
	}
	return "3%2B" + page.Data[len(page.Data)/2].Attributes.Name + "%2B3"
}

// someColumns are the addresses of the lineage of columns all over the project.
func (s *server) someColumns() []string {
	var out []string
	for table := 500; table <= 9500; table += 1000 {
		var page struct {
			Data []struct {
				Attributes struct {
					Name string `json:"name"`
				} `json:"attributes"`
			} `json:"data"`
		}
		address := fmt.Sprintf("/api/v1/assets/TBL-%d/columns", table)
		s.call(http.MethodGet, address, "", nil, &page)
		for _, c := range page.Data {
			out = append(out, address+"/"+c.Attributes.Name+"/lineage")
		}
	}
	if len(out) == 0 {
		s.b.Fatal("no column to look at")
	}
	return out
}
