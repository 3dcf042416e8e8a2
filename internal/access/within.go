package access

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// LimitError is the error of Create for a key with fewer limits than its creator has. It is catalog.ErrForbidden.
type LimitError struct {
	Field  string // of the request for a key
	Reason string
}

func (e *LimitError) Error() string { return e.Field + ": " + e.Reason }

// Is makes it a catalog.ErrForbidden.
func (e *LimitError) Is(target error) bool { return target == catalog.ErrForbidden }

// within limits a key as its creator is limited. What the request leaves open is taken from the creator; what it asks
// for must not be more.
func (p Principal) within(n NewKey, now time.Time) (NewKey, error) {
	for _, s := range n.Scopes {
		if !p.Can(s) {
			return n, &LimitError{"scopes", fmt.Sprintf("the creator has no scope %q", s)}
		}
	}
	var err error
	if n.SchemaIDs, err = p.schemasWithin(n.SchemaIDs); err != nil {
		return n, err
	}
	if n.CIDRs, err = p.networksWithin(n.CIDRs); err != nil {
		return n, err
	}
	return p.expiryWithin(n, now)
}

func (p Principal) schemasWithin(ids []catalog.SchemaID) ([]catalog.SchemaID, error) {
	if len(ids) == 0 {
		return p.Schemas, nil
	}
	for _, id := range ids {
		if !p.Sees(id) {
			return nil, &LimitError{"schema_ids", fmt.Sprintf("the creator does not see %s", id)}
		}
	}
	return ids, nil
}

func (p Principal) networksWithin(cidrs []string) ([]string, error) {
	if len(p.CIDRs) == 0 {
		return cidrs, nil
	}
	if len(cidrs) == 0 {
		return p.CIDRs, nil
	}
	for _, text := range cidrs {
		inner, err := parseNetwork(text)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(p.CIDRs, func(outer string) bool { return contains(outer, inner) }) {
			return nil, &LimitError{"cidrs", fmt.Sprintf("%s is not within the networks of the creator's key", inner)}
		}
	}
	return cidrs, nil
}

// contains reports whether all addresses of inner are in a network.
func contains(outer string, inner netip.Prefix) bool {
	network, err := parseNetwork(outer)
	return err == nil && network.Bits() <= inner.Bits() && network.Contains(inner.Addr())
}

// parseNetwork parses a network. One of IPv4 addresses in the form of IPv6 is one of IPv4 addresses, as addresses of
// clients are.
func parseNetwork(text string) (netip.Prefix, error) {
	network, err := netip.ParsePrefix(text)
	if err != nil {
		return network, fmt.Errorf("network %q: %w", text, catalog.ErrInvalid)
	}
	if network.Addr().Is4In6() && network.Bits() >= 96 {
		network = netip.PrefixFrom(network.Addr().Unmap(), network.Bits()-96)
	}
	return network.Masked(), nil
}

func (p Principal) expiryWithin(n NewKey, now time.Time) (NewKey, error) {
	if p.ExpiresAt.IsZero() {
		return n, nil
	}
	if n.Never || n.ExpiresAt.After(p.ExpiresAt) {
		return n, &LimitError{"expires_at", "the creator's key expires at " + p.ExpiresAt.UTC().Format(time.RFC3339)}
	}
	if n.ExpiresAt.IsZero() && now.Add(DefaultValidity).After(p.ExpiresAt) {
		n.ExpiresAt = p.ExpiresAt
	}
	return n, nil
}
