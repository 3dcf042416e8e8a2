package warehouse

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/outbound"
)

// REST makes the requests of a warehouse that is read over HTTP.
type REST struct {
	Client *http.Client
	// Left is how many bytes are read of it yet, uncompressed.
	Left int64
	// Pause is the first pause before a request is repeated; 0 = one second.
	Pause time.Duration
}

// Request is a request that may be repeated.
type Request struct {
	Method, URL string
	Header      http.Header
	Body        []byte // nil: none
}

// Reply is what came back.
type Reply struct {
	Status int
	Body   []byte
}

const (
	// restTries is how often a request is made that a busy server refuses.
	restTries = 4
	restPause = time.Second
	// maxReply bounds one reply, uncompressed. Servers cut results into parts of some MB.
	maxReply = 256 << 20
)

// Do makes a request, again where the server is busy or the connection broke off.
func (r *REST) Do(ctx context.Context, q Request) (Reply, error) {
	pause := r.Pause
	if pause == 0 {
		pause = restPause
	}
	for try := 1; ; try++ {
		reply, err := r.once(ctx, q)
		if try == restTries || !again(reply, err) || ctx.Err() != nil {
			return reply, ExplainNetwork(err)
		}
		wait := time.NewTimer(pause/2 + rand.N(pause)) //nolint:gosec // jitter
		select {
		case <-ctx.Done():
			wait.Stop()
			return Reply{}, ctx.Err()
		case <-wait.C:
		}
		pause *= 2
	}
}

func again(r Reply, err error) bool {
	if err != nil {
		return ReasonOf(ExplainNetwork(err)) == Unavailable
	}
	switch r.Status {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

func (r *REST) once(ctx context.Context, q Request) (Reply, error) {
	request, err := http.NewRequestWithContext(ctx, q.Method, q.URL, bytes.NewReader(q.Body))
	if err != nil {
		return Reply{}, fmt.Errorf("request: %w", err)
	}
	request.Header = q.Header.Clone()
	reply, err := r.Client.Do(request)
	if err != nil {
		return Reply{}, err
	}
	defer reply.Body.Close()
	body, err := r.read(reply)
	return Reply{Status: reply.StatusCode, Body: body}, err
}

// read reads a body, within what may be read yet.
func (r *REST) read(reply *http.Response) ([]byte, error) {
	from := io.Reader(reply.Body)
	if strings.EqualFold(reply.Header.Get("Content-Encoding"), "gzip") {
		unzipped, err := gzip.NewReader(reply.Body)
		if err != nil {
			return nil, &Error{Reason: NotAWarehouse, Message: "a reply is damaged", Err: err}
		}
		from = unzipped
	}
	most := min(r.Left, maxReply)
	body, err := io.ReadAll(io.LimitReader(from, most+1))
	r.Left -= int64(len(body))
	if int64(len(body)) > most || errors.Is(err, outbound.ErrTooLong) {
		return nil, &Error{Reason: TooLarge, Message: "the server sent more than what is read of a warehouse; leave schemas out"}
	}
	if errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) {
		return nil, &Error{Reason: NotAWarehouse, Message: "a reply is damaged", Err: err}
	}
	return body, err
}

// ExplainNetwork returns an error that people can do something about, for one of a request over HTTP.
func ExplainNetwork(err error) error {
	var done *Error
	var lookup *net.DNSError
	switch {
	case err == nil, errors.As(err, &done), errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, outbound.ErrNotAllowed):
		return &Error{
			Reason: NotAllowed, Err: err,
			Message: "the host is at an address that is not allowed; public addresses are, and what the operator allows with --outbound-allow",
		}
	case Untrusting(err):
		return &Error{
			Reason: Untrusted, Err: err,
			Message: "the server's certificate is not trusted; set ca_certificate to the certificate of its authority",
		}
	case errors.Is(err, http.ErrSchemeMismatch):
		return &Error{Reason: NotAWarehouse, Err: err, Message: "the server does not speak HTTPS; check host and port"}
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return &Error{Reason: NoHost, Err: err, Message: "there is no host of this name"}
	}
	return &Error{Reason: Unavailable, Err: err, Message: "the server cannot be reached, or the connection broke off; check the host and the firewall"}
}

// Untrusting reports whether a connection failed because a certificate is not trusted.
func Untrusting(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &name) || errors.As(err, &invalid)
}

// Printable is a text of a server as it is shown: one short line.
func Printable(text string) string {
	return catalog.CutText(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?")), 300)
}
