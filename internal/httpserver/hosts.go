package httpserver

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// hostRule decides which host names a server answers to. Any site can make a browser resolve a name of its own to
// this machine (DNS rebinding); such requests are recognized by their Host header.
type hostRule struct {
	loopback bool     // the server listens on loopback only
	names    []string // lower case, without port
}

// allows reports whether a request may be served under its Host. Loopback names are always allowed, because nobody
// else can point them at this machine. Without names a server on loopback answers only to those, any other server to
// every name.
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

// hostName returns the name in a Host header: lower case, without port, brackets and final dot.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

// isHealthPath reports whether a path is a health check. Load balancers request those by address.
func isHealthPath(path string) bool {
	return slices.Contains(healthPaths, strings.TrimSuffix(path, "/"))
}
