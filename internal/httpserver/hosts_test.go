package httpserver

import (
	"net/http/httptest"
	"testing"
)

// The table of bind, hosts and path: which Host is answered.
func TestHosts(t *testing.T) {
	const api = "/api/v1/schemas"
	named := []string{"catalog.example", "2001:db8::1"}
	tests := []struct {
		name     string
		loopback bool
		hosts    []string
		path     string
		allowed  []string
		refused  []string
	}{
		{
			"loopback without names", true, nil, api,
			[]string{"localhost:8080", "LocalHost.", "app.localhost", "[::1]:80", "::1", "127.9.9.9", "[::ffff:127.0.0.1]"},
			[]string{"", "example.com", "192.168.1.1:80", "notlocalhost", "localhost.example", "127.0.0.1.example"},
		},
		{
			"loopback with names", true, named, api,
			[]string{"localhost", "127.0.0.1:8080", "catalog.example", "Catalog.Example:443", "catalog.example.", "[2001:db8::1]:80"},
			[]string{"", "other.example", "www.catalog.example"},
		},
		{
			"beyond loopback with names", false, named, api,
			[]string{"catalog.example", "localhost"},
			[]string{"", "other.example", "10.0.0.1:8080"},
		},
		{"beyond loopback without names", false, nil, api, []string{"anything.example", "10.0.0.1:8080", "localhost", ""}, nil},
	}
	for _, tt := range tests {
		rule := hostRule{loopback: tt.loopback, names: tt.hosts}
		check := func(path, host string, want bool) {
			r := httptest.NewRequestWithContext(t.Context(), "GET", path, nil)
			r.Host = host
			if got := rule.allows(r); got != want {
				t.Errorf("%s: %s with Host %q: %v, want %v", tt.name, path, host, got, want)
			}
		}
		for _, host := range tt.allowed {
			check(tt.path, host, true)
		}
		for _, host := range tt.refused {
			check(tt.path, host, false)
			check("/metrics", host, false)
			check("/livez/x", host, false)
			for _, health := range []string{"/livez", "/readyz", "/healthcheck", "/healthcheck/", "/api/v1/healthcheck", "/api/v1/healthcheck/"} {
				check(health, host, true)
			}
		}
	}
}
