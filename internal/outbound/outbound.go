// Package outbound makes the connections to addresses that users name: receivers of webhooks, buckets, warehouses.
//
// Whether an address may be connected to is decided by the dialer, for the address that the connection goes to: a name
// that resolves to another address after it was checked changes nothing. Networks that are not public are refused
// unless the operator allows them.
package outbound

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// ErrNotAllowed means that an address is not public, and the operator did not allow it.
var ErrNotAllowed = errors.New("the address is not allowed")

// Policy decides which addresses may be connected to. The zero value allows public ones.
type Policy struct {
	// Allow are networks that are not public and may be connected to all the same. Addresses that clouds serve
	// credentials on are only allowed by naming them alone, not with their network.
	Allow []netip.Prefix
}

// reserved are networks outside the public internet, beyond those that netip reports.
var reserved = prefixes( //nolint:gochecknoglobals // constant
	"0.0.0.0/8",       // this network
	"100.64.0.0/10",   // carrier-grade NAT, and services of some clouds
	"192.0.0.0/24",    // protocol assignments
	"192.0.2.0/24",    // documentation
	"192.88.99.0/24",  // 6to4 relays
	"198.18.0.0/15",   // benchmarks
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"240.0.0.0/4",     // reserved, broadcast
	"64:ff9b::/96",    // NAT64: any IPv4 address behind it
	"64:ff9b:1::/48",  // local NAT64
	"100::/64",        // discarded
	"2001::/23",       // protocol assignments, Teredo
	"2001:db8::/32",   // documentation
	"2002::/16",       // 6to4: any IPv4 address behind it
	"3fff::/20",       // documentation
	"5f00::/16",       // segment routing
	"fec0::/10",       // site-local
)

// metadata are addresses on which clouds serve credentials to their machines.
var metadata = []netip.Addr{ //nolint:gochecknoglobals // constant
	netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("169.254.170.2"), netip.MustParseAddr("169.254.170.23"),
	netip.MustParseAddr("100.100.100.200"), netip.MustParseAddr("168.63.129.16"), netip.MustParseAddr("192.0.0.192"),
	netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("fd00:ec2::23"), netip.MustParseAddr("fd20:ce::254"),
}

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		out[i] = netip.MustParsePrefix(t)
	}
	return out
}

// public reports whether an address is one of the public internet.
func public(a netip.Addr) bool {
	return a.IsGlobalUnicast() && !a.IsPrivate() && !slices.Contains(metadata, a) &&
		!slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(a) })
}

// Check returns ErrNotAllowed if an address may not be connected to.
func (p Policy) Check(a netip.Addr) error {
	a = a.Unmap().WithZone("")
	if public(a) || p.allowed(a) {
		return nil
	}
	return fmt.Errorf("%s: %w", a, ErrNotAllowed)
}

// allowed reports whether the operator allowed an address that is not public.
func (p Policy) allowed(a netip.Addr) bool {
	return slices.ContainsFunc(p.Allow, func(n netip.Prefix) bool {
		return n.Contains(a) && (n.IsSingleIP() || !slices.Contains(metadata, a))
	})
}

// dialTime is how long a connection may take to be made.
const dialTime = 10 * time.Second

// dialer returns a dialer that connects only to addresses that check lets through.
func dialer(check func(netip.Addr) error) *net.Dialer {
	return &net.Dialer{
		Timeout: dialTime,
		Control: func(network, address string, _ syscall.RawConn) error {
			if network != "tcp4" && network != "tcp6" {
				return fmt.Errorf("%s: %w", network, ErrNotAllowed)
			}
			to, err := netip.ParseAddrPort(address)
			if err != nil {
				return fmt.Errorf("address: %w", err)
			}
			return check(to.Addr())
		},
	}
}

// URL reads an address of HTTP that a user names. It has a host, no user and no fragment; its scheme is https, or http
// where plain connections within allowed networks may be meant. Its port is the scheme's or one above 1023.
func URL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Opaque != "":
		return nil, fmt.Errorf("want an address such as https://example.com/hook: %w", ErrNotAllowed)
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("its scheme is %.20q, want https: %w", u.Scheme, ErrNotAllowed)
	case u.User != nil:
		return nil, fmt.Errorf("it has a user: %w", ErrNotAllowed)
	case u.Fragment != "":
		return nil, fmt.Errorf("it has a fragment: %w", ErrNotAllowed)
	case !portAllowed(u):
		return nil, fmt.Errorf("its port is %.10q, want that of its scheme or one from 1024: %w", u.Port(), ErrNotAllowed)
	}
	return u, nil
}

func portAllowed(u *url.URL) bool {
	if u.Port() == "" {
		return true
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		return false
	}
	return port >= 1024 || u.Scheme == "https" && port == 443 || u.Scheme == "http" && port == 80
}

// Resolver finds the addresses of a name; *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// CheckURL returns ErrNotAllowed if an address that a user names cannot be connected to: so that it is refused when it
// is set. What a name resolves to later is checked by the dialer.
func (p Policy) CheckURL(ctx context.Context, r Resolver, text string) error {
	u, err := URL(text)
	if err != nil {
		return err
	}
	check := p.Check
	if u.Scheme == "http" {
		check = p.checkPlain
	}
	return checkHost(ctx, r, u.Hostname(), check)
}

// CheckExtra returns ErrNotAllowed unless the operator allowed the address that a user names: being public is not
// enough.
func (p Policy) CheckExtra(ctx context.Context, r Resolver, text string) error {
	u, err := URL(text)
	if err != nil {
		return err
	}
	return checkHost(ctx, r, u.Hostname(), func(a netip.Addr) error {
		if p.allowed(a.Unmap().WithZone("")) {
			return nil
		}
		return fmt.Errorf("%s: %w", a, ErrNotAllowed)
	})
}

// checkHost checks all addresses of a host: which one is dialed is not known.
func checkHost(ctx context.Context, r Resolver, host string, check func(netip.Addr) error) error {
	if a, err := netip.ParseAddr(host); err == nil {
		return check(a)
	}
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	found, err := r.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return fmt.Errorf("the host %.100q is not found: %w", host, ErrNotAllowed)
	}
	for _, a := range found {
		if err := check(a); err != nil {
			return err
		}
	}
	return nil
}

// checkPlain is Check for connections that are not encrypted: they are only made within networks that the operator
// allowed.
func (p Policy) checkPlain(a netip.Addr) error {
	if a = a.Unmap().WithZone(""); p.allowed(a) {
		return nil
	}
	return fmt.Errorf("%s without TLS: %w", a, ErrNotAllowed)
}

// Dial connects to an address of TCP that the policy allows, for protocols that encrypt by themselves.
func (p Policy) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	return dialer(p.Check).DialContext(ctx, network, address)
}

// DialPlain connects to an address of TCP within the networks that the operator allowed: for connections that are not
// encrypted, or encrypted without showing with whom.
func (p Policy) DialPlain(ctx context.Context, network, address string) (net.Conn, error) {
	return dialer(p.checkPlain).DialContext(ctx, network, address)
}

// CheckHost returns ErrNotAllowed if a host that a user names cannot be connected to; see CheckURL.
func (p Policy) CheckHost(ctx context.Context, r Resolver, host string) error {
	return checkHost(ctx, r, host, p.Check)
}
