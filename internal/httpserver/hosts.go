package httpserver

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// hostRule decides which names a server answers to. A page of any site can make a browser resolve a name of its own
// to this machine (DNS rebinding); the Host header is what gives it away.
type hostRule struct {
	loopback bool     // the server listens on loopback only
	names    []string // lower case, without port
}

// allows reports whether a request may be served under its Host. Names of loopback always may: nobody else can make
// them mean this machine. Without names a server on loopback answers to those alone, any other server to every name.
func (h hostRule) allows(r *http.Request) bool {
	if !h.loopback && len(h.names) == 0 || isHealthPath(r.URL.Path) {
		return true
	}
	name := hostName(r.Host)
	if slices.Contains(h.names, name) || name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.Unmap().IsLoopback()
}

// hostName is the name in a Host header: lower case, without port, brackets and final dot.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

// isHealthPath reports whether a path is one of the health checks: load balancers ask for them by address.
func isHealthPath(path string) bool {
	return slices.Contains(healthPaths, strings.TrimSuffix(path, "/"))
}
