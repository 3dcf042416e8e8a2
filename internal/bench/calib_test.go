package bench

import (
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
)

func BenchmarkCalib(b *testing.B) {
	dir := projectDir(b)
	s := start(b, serverBinary(b), b.TempDir())
	schema := s.newSchema("Hostile")
	id, _, _ := s.upload(schema, files(filepath.Join(dir, "first"), "manifest", "catalog", "run_results", "sources"))
	s.await(id)
	paths := []string{"/api/v1/assets?kind=model&limit=50&schema_id=" + schema}
	for _, k := range hostileKinds(schema)[1:] {
		paths = append(paths, k.paths...)
	}
	for _, p := range paths {
		s.try(http.MethodGet, p, "", nil)
		before := s.used()
		n, size, status := 20, 0, 0
		for range n {
			st, reply, _ := s.try(http.MethodGet, p, "", nil)
			size, status = len(reply), st
		}
		req, _ := http.NewRequest("HEAD", s.base+p, nil)
		req.Header.Set("Authorization", "Bearer "+s.key)
		res, err := s.client.Do(req)
		steps := ""
		if err == nil {
			steps = res.Header.Get("X-Steps")
		}
		fmt.Printf("%.60s: %d cpu %.1f ms, %d bytes, steps %s\n", p[8:], status, ms(s.used()-before)/float64(n), size, steps)
	}
}
