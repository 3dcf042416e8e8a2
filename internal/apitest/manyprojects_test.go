package apitest

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/bucket/buckettest"
)

// projectManifest is a manifest of a project with one model.
func projectManifest(name string) []byte {
	return fmt.Appendf(nil, `{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/manifest/v12.json","dbt_version":"1.10.0",
		"generated_at":"2026-11-01T00:00:00Z","project_name":%[1]q,"adapter_type":"postgres"},
		"nodes":{"model.%[2]s.m":{"unique_id":"model.%[2]s.m","resource_type":"model","name":"m","package_name":%[1]q,"path":"m.sql","original_file_path":"models/m.sql",
			"database":"db","schema":%[1]q,"alias":"m","relation_name":"\"db\".\"%[2]s\".\"m\"","checksum":{"name":"sha256","checksum":"1"},"config":{"materialized":"table"},
			"columns":{},"depends_on":{"nodes":[]},"raw_code":"select 1 as id","compiled_code":"select 1 as id"}},
		"sources":{},"exposures":{},"metrics":{},"macros":{},"groups":{},"disabled":{},"parent_map":{"model.%[2]s.m":[]},"child_map":{}}`, name, name)
}

// Fifty projects under one prefix: the first sync reads four files at a time whatever they belong to, the next one is a
// listing.
func TestManyProjectsInOneBucket(t *testing.T) {
	s, b := Start(t, Options{OutboundAllow: local}), buckettest.NewS3(t)
	admin := s.Key(t, access.AdminWorkspace)
	const projects = 50
	for n := range projects {
		name := fmt.Sprintf("p%02d", n)
		b.Put("dbt/"+name+"/manifest.json", projectManifest(name))
	}
	created := s.Send(t, "POST", "/api/v1/integrations", admin, `{"kind":"dbt_core","name":"bucket","credentials":`+credentials(b, `,"search_path":"dbt"`)+`}`)
	id, schema := created.At(t, "data.id").(string), created.At(t, "data.attributes.schema_id").(string)
	run := func() Reply {
		t.Helper()
		s.Send(t, "POST", "/api/v1/integrations/"+id+"/syncs", admin, "")
		r := s.awaitSync(t, admin, id)
		if r.At(t, "data.attributes.status") != "completed" {
			t.Fatalf("%s", r.Body)
		}
		return r
	}
	var mu sync.Mutex
	flying, most := 0, 0
	b.Inject("slow", func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		if !strings.HasSuffix(r.URL.Path, ".json") {
			return false
		}
		mu.Lock()
		flying++
		most = max(most, flying)
		mu.Unlock()
		time.Sleep(5 * time.Millisecond)
		next.ServeHTTP(w, r)
		mu.Lock()
		flying--
		mu.Unlock()
		return true
	})
	first := run()
	if first.At(t, "data.attributes.counts.downloads") != float64(projects) || s.models(t, admin, schema, "false") != projects || most != 4 {
		t.Errorf("%d downloads in flight; %s", most, first.Body)
	}
	b.Inject("", nil)
	b.Requests()
	began := cpu(t)
	again := run()
	took := cpu(t) - began
	if requests := b.Requests(); len(requests) != 1 || len(again.At(t, "data.attributes.import_ids").([]any)) != 0 {
		t.Errorf("%v %s", requests, again.Body)
	}
	t.Logf("a sync of %d projects without news took %v of processor time, the bucket's server and this test included", projects, took)
}

// cpu is the processor time of this process.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
