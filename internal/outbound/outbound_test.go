package outbound_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/outbound"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

func TestCheck(t *testing.T) {
	for address, allow := range map[string]string{
		"169.254.169.254": "169.254.0.0/16", "::ffff:169.254.169.254": "169.254.0.0/16", "100.100.100.200": "0.0.0.0/0",
		"fd00:ec2::254": "::/0", "168.63.129.16": "168.63.129.0/24", "192.0.0.192": "192.0.0.0/8",
	} {
		a := netip.MustParseAddr(address)
		if err := (outbound.Policy{}).Check(a); !errors.Is(err, outbound.ErrNotAllowed) {
			t.Errorf("%s: %v", address, err)
		}
		// Not by the network that it is in, only alone.
		p := outbound.Policy{Allow: []netip.Prefix{netip.MustParsePrefix(allow)}}
		if err := p.Check(a); !errors.Is(err, outbound.ErrNotAllowed) {
			t.Errorf("%s where %s is allowed: %v", address, allow, err)
		}
		p.Allow = append(p.Allow, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
		if err := p.Check(a); err != nil {
			t.Errorf("%s, allowed alone: %v", address, err)
		}
	}
	for _, address := range []string{
		"127.0.0.1", "::1", "0.0.0.0", "::", "10.0.0.1", "172.16.3.4", "192.168.1.1", "fd12::1", "fe80::1", "fe80::1%eth0", "169.254.3.4",
		"100.64.0.1", "198.18.0.1", "192.0.2.1", "203.0.113.9", "224.0.0.1", "ff02::1", "255.255.255.255", "240.0.0.1", "64:ff9b::a00:1",
		"64:ff9b:1::1", "2002:a00:1::1", "2001:0:1::1", "2001:db8::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "fec0::1", "100::1",
	} {
		if err := (outbound.Policy{}).Check(netip.MustParseAddr(address)); !errors.Is(err, outbound.ErrNotAllowed) {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"} {
		if err := (outbound.Policy{}).Check(netip.MustParseAddr(address)); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	if err := (outbound.Policy{Allow: loopback}).Check(netip.MustParseAddr("::ffff:127.0.0.9")); err != nil {
		t.Errorf("an allowed one: %v", err)
	}
}

func TestURL(t *testing.T) {
	for _, bad := range []string{
		"", "x", "file:///etc/passwd", "gopher://example.com/", "ftp://example.com", "https://", "https:example.com", "https://ana:pw@example.com/",
		"https://example.com/#x", "https://example.com:22/", "https://example.com:80/", "http://example.com:443", "https://example.com:99999/", "https://example.com:0/",
		"https://exa mple.com/", "https://example.com:+443/", "javascript:alert(1)", "//example.com/x",
	} {
		if _, err := outbound.URL(bad); !errors.Is(err, outbound.ErrNotAllowed) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	for _, good := range []string{"https://example.com", "https://example.com:8443/x?y=z", "http://example.com/", "https://[2606:4700::1]:443/a", "HTTPS://example.com:443/"} {
		if _, err := outbound.URL(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
}

// names resolves what a test says.
type names map[string][]netip.Addr

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if found, ok := n[host]; ok {
		return found, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host}
}

func TestCheckURL(t *testing.T) {
	resolver := names{
		"public.example":   {netip.MustParseAddr("93.184.216.34")},
		"internal.example": {netip.MustParseAddr("93.184.216.34"), netip.MustParseAddr("10.1.2.3")},
	}
	for url, ok := range map[string]bool{
		"https://public.example/": true, "https://internal.example/": false, "https://unknown.example/": false,
		"http://public.example/": false, "http://127.0.0.1:8080/": true, "https://127.0.0.1:8443/": true, "https://10.0.0.1/": false,
		"https://[::ffff:10.0.0.1]/": false, "https://93.184.216.34/": true, "http://93.184.216.34/": false,
		"https://2130706433/": false, "https://0x7f.1/": false, // other ways to write 127.0.0.1
	} {
		err := outbound.Policy{Allow: loopback}.CheckURL(t.Context(), resolver, url)
		if (err == nil) != ok || err != nil && !errors.Is(err, outbound.ErrNotAllowed) {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func client(p outbound.Policy) *http.Client {
	return p.Client(outbound.ClientOptions{Timeout: 5 * time.Second, Reply: 100})
}

func get(t *testing.T, c *http.Client, url string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := c.Do(r)
	if err == nil {
		t.Cleanup(func() { reply.Body.Close() })
	}
	return reply, err
}

// What a name resolves to when it is dialed decides, whatever it resolved to before.
func TestDialerDecides(t *testing.T) {
	var requests atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { requests.Add(1) }))
	defer server.Close()
	port := server.URL[strings.LastIndex(server.URL, ":"):]
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]"} {
		if _, err := get(t, client(outbound.Policy{}), "http://"+host+port); !errors.Is(err, outbound.ErrNotAllowed) {
			t.Errorf("%s: %v", host, err)
		}
	}
	if n := requests.Load(); n != 0 {
		t.Errorf("%d requests came through", n)
	}
	if _, err := get(t, client(outbound.Policy{Allow: loopback}), "http://127.0.0.1"+port); err != nil || requests.Load() != 1 {
		t.Errorf("an allowed one: %v, %d requests", err, requests.Load())
	}
	t.Setenv("HTTP_PROXY", server.URL)
	if _, err := get(t, client(outbound.Policy{}), "http://169.254.169.254/"); !errors.Is(err, outbound.ErrNotAllowed) || requests.Load() != 1 {
		t.Errorf("by a proxy: %v, %d requests", err, requests.Load())
	}
}

func TestClientFollowsNoRedirects(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			t.Errorf("the redirect to %s was followed", r.URL)
		}
		http.Redirect(w, r, "/secret", http.StatusFound)
	}))
	defer server.Close()
	reply, err := get(t, client(outbound.Policy{Allow: loopback}), server.URL)
	if err != nil || reply.StatusCode != http.StatusFound {
		t.Errorf("%v, %v", reply, err)
	}
}

func TestClientLimitsReplies(t *testing.T) {
	for size, want := range map[int]error{0: nil, 99: nil, 100: nil, 101: outbound.ErrTooLong, 100_000: outbound.ErrTooLong} {
		server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, size)) }))
		reply, err := get(t, client(outbound.Policy{Allow: loopback}), "http://"+strings.TrimPrefix(server.URL, "https://"))
		if err == nil && reply.StatusCode == http.StatusOK {
			t.Error("plain HTTP was answered by a TLS server")
		}
		server.Close()
		server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, size)) }))
		if reply, err = get(t, client(outbound.Policy{Allow: loopback}), server.URL); err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(reply.Body)
		if !errors.Is(err, want) || len(body) != min(size, 100) {
			t.Errorf("%d bytes: %d, %v", size, len(body), err)
		}
		server.Close()
	}
}
