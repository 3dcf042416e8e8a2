package outbound

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// ErrTooLong means that a reply has more bytes than the client reads.
var ErrTooLong = errors.New("the reply is too long")

// ClientOptions are the limits of a client.
type ClientOptions struct {
	Timeout time.Duration // of a request with its reply
	Reply   int64         // bytes of a reply's body
	// Roots are the authorities whose certificates are trusted; nil: those of the system.
	Roots *x509.CertPool
}

// Client returns a client that connects only to addresses that the policy allows, uses no proxy, follows no redirects
// and decompresses nothing. HTTP without TLS is only spoken within networks that the operator allowed.
func (p Policy) Client(o ClientOptions) *http.Client {
	return &http.Client{
		Timeout:       o.Timeout,
		Transport:     transport{encrypted: newTransport(p, false, o.Roots), plain: newTransport(p, true, nil), reply: o.Reply},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func newTransport(p Policy, plain bool, roots *x509.CertPool) *http.Transport {
	check := p.Check
	if plain {
		check = p.checkPlain
	}
	return &http.Transport{
		DialContext:            dialer(check).DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    dialTime,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        time.Minute,
		ForceAttemptHTTP2:      true,
		// Bodies are taken as they are sent: their length is known, and they cannot grow.
		DisableCompression: true,
	}
}

// transport chooses the transport by the scheme and limits replies.
type transport struct {
	encrypted, plain *http.Transport
	reply            int64
}

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	with := t.encrypted
	switch r.URL.Scheme {
	case "https":
	case "http":
		with = t.plain
	default:
		return nil, fmt.Errorf("scheme %.20q: %w", r.URL.Scheme, ErrNotAllowed)
	}
	reply, err := with.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	reply.Body = &limited{reply.Body, t.reply}
	return reply, nil
}

// limited is a body that fails where it is too long.
type limited struct {
	io.ReadCloser
	left int64
}

func (l *limited) Read(b []byte) (int, error) {
	if int64(len(b)) > l.left+1 {
		b = b[:l.left+1]
	}
	n, err := l.ReadCloser.Read(b)
	if int64(n) > l.left {
		return int(l.left), ErrTooLong
	}
	l.left -= int64(n)
	return n, err
}
