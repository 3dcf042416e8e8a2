package apitest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/outbound"
	"github.com/thalweg-data/thalweg/internal/secret"
	"github.com/thalweg-data/thalweg/internal/webhook"
)

// hosts resolves the names that tests use, without a network.
type hosts struct{}

func (hosts) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	switch host {
	case "example.com", "hooks.example.com":
		return []netip.Addr{netip.MustParseAddr("93.184.216.34")}, nil
	case "localhost":
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	case "internal.example.com":
		return []netip.Addr{netip.MustParseAddr("10.1.2.3")}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// localOnly sends requests to this machine and refuses all others: a test reaches no other system.
type localOnly struct{ http.RoundTripper }

func (l localOnly) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Hostname() != "127.0.0.1" {
		return nil, errors.New("tests send to this machine only")
	}
	return l.RoundTripper.RoundTrip(r)
}

func (s *Server) webhooks(o Options) (*webhook.Registry, error) {
	keys, err := secret.GenerateMasterKeys(o.Random)
	if err != nil {
		return nil, err
	}
	s.Secrets = secret.NewKeeper(s.Store, keys)
	return &webhook.Registry{
		Rows: s.Store, Secrets: s.Secrets, Policy: outbound.Policy{Allow: o.OutboundAllow}, Resolver: hosts{}, Random: o.Random, Now: o.Now,
	}, nil
}

// webhookKinds are the kinds of jobs that find and send events.
func (s *Server) webhookKinds(o Options) []jobs.Kind {
	client := outbound.Policy{Allow: o.OutboundAllow}.Client(outbound.ClientOptions{Timeout: webhook.SendTime, Reply: webhook.ReplySize})
	client.Transport = localOnly{client.Transport}
	sender := &webhook.Sender{
		Store: s.Store, Secrets: s.Secrets, Client: client, Agent: "Thalweg/test", Now: o.Now, Jitter: func(d time.Duration) time.Duration { return d },
	}
	return []jobs.Kind{(&webhook.Finder{Store: s.Store, Now: o.Now}).Kind(), sender.Kind()}
}
