package httpserver

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestClientAddress(t *testing.T) {
	trusted := proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("127.0.0.1/32")}
	tests := []struct {
		name      string
		proxies   proxies
		remote    string
		forwarded []string
		want      string
	}{
		{"no header", trusted, "10.0.0.1:5", nil, "10.0.0.1"},
		{"no proxies are trusted", nil, "10.0.0.1:5", []string{"192.0.2.7"}, "10.0.0.1"},
		{"a stranger's header", trusted, "192.0.2.9:5", []string{"127.0.0.1"}, "192.0.2.9"},
		{"one proxy", trusted, "10.0.0.1:5", []string{"192.0.2.7"}, "192.0.2.7"},
		{"two proxies", trusted, "10.0.0.1:5", []string{"192.0.2.7, 10.0.0.2"}, "192.0.2.7"},
		{"two headers", trusted, "10.0.0.1:5", []string{"192.0.2.7", "10.0.0.2"}, "192.0.2.7"},
		{"invented by the client", trusted, "10.0.0.1:5", []string{"127.0.0.1, 192.0.2.7, 10.0.0.2"}, "192.0.2.7"},
		{"a client within the trusted networks", trusted, "10.0.0.1:5", []string{"10.9.9.9, 10.0.0.2"}, "10.9.9.9"},
		{"an entry that is not an address", trusted, "10.0.0.1:5", []string{"192.0.2.7, unknown, 10.0.0.2"}, "10.0.0.2"},
		{"an empty header", trusted, "10.0.0.1:5", []string{""}, "10.0.0.1"},
		{"with ports", trusted, "10.0.0.1:5", []string{"[2001:db9::7]:99, 10.0.0.2:80"}, "2001:db9::7"},
		{"IPv6", trusted, "[2001:db8::1]:5", []string{"192.0.2.7"}, "192.0.2.7"},
		{"IPv4 in IPv6", trusted, "[::ffff:10.0.0.1]:5", []string{"::ffff:192.0.2.7"}, "192.0.2.7"},
		{"a Unix socket", trusted, "@", []string{"192.0.2.7"}, ""},
	}
	for _, tt := range tests {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.RemoteAddr = tt.remote
		for _, line := range tt.forwarded {
			r.Header.Add("X-Forwarded-For", line)
		}
		got := tt.proxies.client(r)
		if tt.want == "" && got.IsValid() || tt.want != "" && got.String() != tt.want {
			t.Errorf("%s: %v, want %q", tt.name, got, tt.want)
		}
	}
}
