package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// hostileReaders is how many readers ask for the most expensive pages that there are, one after the other each.
const hostileReaders = 20

// BenchmarkServerHostileReaders asks a real server for a page of models, 50 times a second, while others ask for the
// most expensive reads. All use the same key, so that nothing but the cost of a request tells them apart.
func BenchmarkServerHostileReaders(b *testing.B) {
	dir := projectDir(b)
	s := start(b, serverBinary(b), b.TempDir())
	seconds := time.Duration(setting(b, "SECONDS", 4)) * time.Second
	schema := s.newSchema("Hostile")
	id, _, _ := s.upload(schema, files(filepath.Join(dir, "first"), "manifest", "catalog", "run_results", "sources"))
	s.await(id)

	page := "/api/v1/assets?kind=model&limit=50&schema_id=" + schema
	kinds := hostileKinds(schema)
	all := kinds[0].paths
	for _, path := range append([]string{page}, all...) { // loads what they need
		if status, reply, err := s.try(http.MethodGet, path, "", nil); err != nil || status != http.StatusOK && status != http.StatusUnprocessableEntity {
			b.Logf("%.80s: %d %.200s %v", path, status, reply, err)
		}
	}
	s.load(seconds, nil, s.get(page)).print("page of 50 models: idle")
	for _, kind := range kinds {
		stop := s.hostile(kind.paths)
		l := s.load(seconds, nil, s.get(page))
		statuses := stop()
		fmt.Printf("%-44s %s; theirs: %s\n", "while 20 ask for "+kind.name, l, statuses)
	}
	s.load(seconds, nil, s.get(page)).print("page of 50 models: idle again")
}

func hostileKinds(schema string) []pageKind {
	patterns := func(n int, format string) string {
		var terms []string
		for i := range n {
			terms = append(terms, fmt.Sprintf(format, i))
		}
		return url.QueryEscape(strings.Join(terms, " "))
	}
	lineage := "/api/v1/lineage?limit=2000&schema_id=" + schema + "&select="
	assets := "/api/v1/assets?schema_id=" + schema
	breakdown := "&breakdown=kind,tag,owner,package"
	kinds := []pageKind{
		{"a path of 120 folders", []string{lineage + url.QueryEscape("path:"+strings.Repeat("*?/**/", 60)+"*")}},
		{"a text of 100 letters", []string{assets + "&limit=200&q=" + strings.Repeat("abcde+fghi", 10) + breakdown}},
		{"200 assets with breakdowns", []string{assets + "&limit=200" + breakdown}},
		{"config", []string{lineage + url.QueryEscape("config.meta.owner:x+ config.materialized:table+")}},
		{"40 patterns with @", []string{lineage + patterns(40, "@*%d*")}},
		{"60 terms with +", []string{lineage + patterns(60, "+*%d+")}},
		{"pictures", []string{lineage + url.QueryEscape("*") + "&layout=true"}},
		{"search", []string{"/api/v1/search?limit=100&schema_id=" + schema + "&q=custmer+ordr+amont"}},
	}
	all := pageKind{name: "all of these in turn"}
	for _, k := range kinds {
		all.paths = append(all.paths, k.paths...)
	}
	return append([]pageKind{all}, kinds...)
}

// Variables of the environment by which the readers' process is told what to ask for.
const (
	hostileURLs = "THALWEG_BENCH_HOSTILE_URLS"
	hostileKey  = "THALWEG_BENCH_HOSTILE_KEY"
)

// hostileTime bounds a process of readers that nobody ends.
const hostileTime = 2 * time.Minute

// hostile starts the readers, in a process of their own; stop ends them and returns how they were answered.
func (s *server) hostile(paths []string) (stop func() string) {
	urls := make([]string, len(paths))
	for i, path := range paths {
		urls[i] = s.base + path
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^TestHostileReaders$", "-test.v")
	cmd.Env = append(os.Environ(), hostileURLs+"="+strings.Join(urls, " "), hostileKey+"="+s.key)
	var out strings.Builder
	cmd.Stdout = &out
	end, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		s.b.Fatal(err)
	}
	return func() string {
		_ = end.Close()
		if err := cmd.Wait(); err != nil {
			s.b.Fatalf("readers: %v\n%s", err, out.String())
		}
		_, answers, _ := strings.Cut(out.String(), "answers: ")
		answers, _, _ = strings.Cut(answers, "\n")
		return answers
	}
}

// TestHostileReaders is the process of the readers. They ask until its standard input ends.
func TestHostileReaders(t *testing.T) {
	urls := strings.Fields(os.Getenv(hostileURLs))
	if len(urls) == 0 {
		t.Skip("not a process of readers")
	}
	ctx, cancel := context.WithTimeout(t.Context(), hostileTime)
	defer cancel()
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); cancel() }()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: hostileReaders, DisableCompression: true}}
	var wg sync.WaitGroup
	var answers hostileAnswers
	for reader := range hostileReaders {
		wg.Go(func() {
			for n := reader; ctx.Err() == nil; n++ {
				answers.count(ctx, client, urls[n%len(urls)])
			}
		})
	}
	wg.Wait()
	fmt.Printf("answers: %s\n", &answers)
}

// hostileAnswers count the replies by their status.
type hostileAnswers struct{ answered, refused, failed atomic.Int64 }

func (a *hostileAnswers) String() string {
	return fmt.Sprintf("%d answered, %d refused, %d failed", a.answered.Load(), a.refused.Load(), a.failed.Load())
}

// count asks for one page.
func (a *hostileAnswers) count(ctx context.Context, client *http.Client, url string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		a.failed.Add(1)
		return
	}
	req.Header.Set("Authorization", "Bearer "+os.Getenv(hostileKey))
	res, err := client.Do(req)
	if err != nil {
		return // it is the end of the measurement
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	switch {
	case res.StatusCode == http.StatusOK:
		a.answered.Add(1)
	case res.StatusCode < http.StatusInternalServerError || res.StatusCode == http.StatusServiceUnavailable:
		a.refused.Add(1)
	default:
		a.failed.Add(1)
	}
}
