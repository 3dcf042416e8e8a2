package httpserver

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// proxies are the networks whose X-Forwarded-For is believed.
type proxies []netip.Prefix

func (p proxies) trust(addr netip.Addr) bool {
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(addr) })
}

// client returns the address that a request comes from. Each proxy appends the address that it was asked by to
// X-Forwarded-For, so the header is read from its end: up to the first address that is not a trusted proxy's, which is
// the client. What stands before that address was sent by the client and proves nothing. A header with an entry that is
// not an address is believed up to there. The result is not valid for peers without an address, such as those of a
// Unix socket.
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

// parseAddr reads an address with or without a port; the zero Addr for anything else.
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
