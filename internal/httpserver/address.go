package httpserver

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// proxies are the networks whose X-Forwarded-For is trusted.
type proxies []netip.Prefix

func (p proxies) trust(addr netip.Addr) bool {
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(addr) })
}

// client returns the address of a request's client. Each proxy appends the address of its peer to X-Forwarded-For, so
// the header is read from its end, up to the first address that is not a trusted proxy: that one is the client.
// Everything before it was sent by the client and proves nothing. Reading stops at an entry that is not an address.
// The result is the zero Addr for peers without an address, such as those of a Unix socket.
func (p proxies) client(r *http.Request) netip.Addr {
	addr := parseAddr(r.RemoteAddr)
	if !addr.IsValid() {
		return addr
	}
	forwarded := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, text := range slices.Backward(forwarded) {
		if !p.trust(addr) {
			break
		}
		next := parseAddr(strings.TrimSpace(text))
		if !next.IsValid() {
			break
		}
		addr = next
	}
	return addr
}

// parseAddr parses an address with or without a port; it returns the zero Addr for anything else.
func parseAddr(text string) netip.Addr {
	if ap, err := netip.ParseAddrPort(text); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap().WithZone("")
}
