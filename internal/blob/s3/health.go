package s3

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/thalweg-data/thalweg/internal/blob"
)

const (
	// trusted is how long an answer of the bucket stands for the next one.
	trusted = 10 * time.Second
	// probeWithin is how long a probe may take, retries included.
	probeWithin = 2 * time.Second
)

// health remembers how the last request went, so that an upload does not begin while the bucket is away.
type health struct {
	mu sync.Mutex
	at time.Time // of the last successful probe
}

// note makes the next probe ask the bucket if err is an error.
func (h *health) note(at time.Time, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.at = at; err != nil {
		h.at = time.Time{}
	}
}

func (h *health) good(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.at.IsZero() && now.Sub(h.at).Abs() < trusted
}

// Probe reports whether the bucket answers and lets us list it, by a request if it has not answered just now.
func (b *Bucket) Probe(caller context.Context) error {
	if b.health.good(b.now()) {
		return nil
	}
	ctx, cancel := context.WithTimeout(caller, probeWithin)
	defer cancel()
	_, err := b.client.ListObjectsV2(ctx, &sdk.ListObjectsV2Input{Bucket: aws.String(b.name), Prefix: aws.String(b.prefix + identityName), MaxKeys: aws.Int32(1)})
	if err != nil {
		if ctx.Err() != nil && caller.Err() == nil { // it is too slow
			b.health.note(b.now(), err)
			return fmt.Errorf("probe of %s: %w: %w", b, blob.ErrUnavailable, &refusal{err})
		}
		return b.away("probe", err)
	}
	b.health.note(b.now(), nil)
	return nil
}
