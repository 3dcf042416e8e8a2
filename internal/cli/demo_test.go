package cli

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// lines collects what a command prints while it runs.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// The demonstration needs no key, so no address that others can reach is taken, and no setting opens one.
func TestDemoIsForThisMachine(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":8080", "[::]:0", "192.0.2.1:0", "example.com:80"} {
		printed := &lines{}
		if code := Run(t.Context(), []string{"demo", "--listen", address}, io.Discard, printed); code != 2 || !strings.Contains(printed.String(), "for this machine alone") {
			t.Errorf("--listen %s: %d %s", address, code, printed)
		}
	}
	t.Setenv("THALWEG_METRICS_LISTEN", "0.0.0.0:0")
	printed := &lines{}
	if code := Run(t.Context(), []string{"demo", "--listen", "127.0.0.1:0"}, io.Discard, printed); code != 2 {
		t.Errorf("metrics for everybody: %d %s", code, printed)
	}
}

// The lines that the demo prints work as they are, the page at / is one, and the folder is removed at the end.
func TestDemo(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	printed, code := &lines{}, make(chan int, 1)
	go func() { code <- Run(ctx, []string{"demo", "--listen", "127.0.0.1:0"}, io.Discard, printed) }()
	for !strings.Contains(printed.String(), "Ctrl-C stops it") {
		select {
		case c := <-code:
			t.Fatalf("demo ended with %d: %s", c, printed)
		case <-time.After(10 * time.Millisecond):
		}
	}
	urls := regexp.MustCompile(`(?m)^  curl '(http://[^']+)'$`).FindAllStringSubmatch(printed.String(), -1)
	if len(urls) < 5 {
		t.Fatalf("the demo prints %s", printed)
	}
	for _, url := range urls {
		status, body := fetch(t, url[1])
		if status != http.StatusOK || !strings.Contains(body, `"data":`) {
			t.Errorf("%s: %d %s", url[1], status, body)
		}
	}
	root := regexp.MustCompile(`http://[^/]+`).FindString(urls[0][1])
	if status, body := fetch(t, root+"/"); status != http.StatusOK || !strings.Contains(body, "<title>Thalweg</title>") {
		t.Errorf("/: %d %s", status, body)
	}
	stop()
	if c := <-code; c != OK {
		t.Errorf("demo ended with %d: %s", c, printed)
	}
	removed := regexp.MustCompile(`The demo's folder (\S+) is removed\.`).FindStringSubmatch(printed.String())
	if removed == nil {
		t.Fatalf("the demo prints %s", printed)
	}
	if _, err := os.Stat(removed[1]); err == nil {
		t.Errorf("%s is still there", removed[1])
	}
}

func fetch(t *testing.T, url string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end below
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}
