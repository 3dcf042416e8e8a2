package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Client reads a bucket with retries and limits.
type Client struct {
	Bucket Bucket
	Limits Limits
	// Attempts of a request that fails for a reason that may pass.
	Attempts int
	// Pause waits before the next attempt, or returns the context's error. Attempts count from 1.
	Pause func(ctx context.Context, attempt int) error
}

// Backoff returns a Pause that waits for a random time of up to base, twice base, four times base and so on, at most
// longest. below returns a random number under n.
func Backoff(base, longest time.Duration, below func(n int64) int64) func(context.Context, int) error {
	return func(ctx context.Context, attempt int) error {
		wait := min(base<<min(attempt-1, 16), longest)
		t := time.NewTimer(time.Duration(below(int64(wait))))
		defer t.Stop()
		select {
		case <-t.C:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// stall is how long a download may go without a byte.
const stall = time.Minute

// Fetch calls use with the bytes of a listed object. It calls use again from the start if the store is
// unavailable or its reply ends early, so use must drop what it took before. An error of use is returned as it is.
func (c Client) Fetch(ctx context.Context, o Object, use func(io.Reader) error) error {
	if o.Size > c.Limits.Object {
		return &Error{Reason: TooLarge, Message: fmt.Sprintf("%.200q has %d bytes, at most %d are read", o.Key, o.Size, c.Limits.Object)}
	}
	return c.retry(ctx, func() error { return c.fetchOnce(ctx, o, use) })
}

func (c Client) fetchOnce(ctx context.Context, o Object, use func(io.Reader) error) (err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	body, err := c.Bucket.Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	stalled := time.AfterFunc(stall, func() {
		cancel(&Error{Reason: Cut, Message: fmt.Sprintf("%.200q: no byte arrived for %s", o.Key, stall)})
	})
	defer stalled.Stop()
	return use(&exact{from: body, left: o.Size, key: o.Key, progress: func() { stalled.Reset(stall) }, ctx: ctx})
}

// Peek calls use with at most so many bytes of the start of a listed object, and again as Fetch does. What breaks is
// returned, whatever use makes of it.
func (c Client) Peek(ctx context.Context, o Object, most int64, use func(io.Reader) error) error {
	return c.retry(ctx, func() error {
		var broke error
		err := c.fetchOnce(ctx, o, func(r io.Reader) error {
			start := &noting{from: io.LimitReader(r, most)}
			err := use(start)
			broke = start.err
			return err
		})
		if broke != nil {
			return broke
		}
		return err
	})
}

// noting remembers why reading failed.
type noting struct {
	from io.Reader
	err  error
}

func (n *noting) Read(b []byte) (int, error) {
	read, err := n.from.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		n.err = err
	}
	return read, err
}

// exact reads the bytes of an object, and fails where there are not as many as were listed.
type exact struct {
	from     io.Reader
	left     int64
	key      string
	progress func()
	ctx      context.Context //nolint:containedctx // lives as long as one download, and says why it was canceled
}

func (e *exact) Read(b []byte) (int, error) {
	n, err := e.from.Read(b)
	e.left -= int64(n)
	if n > 0 {
		e.progress()
	}
	switch {
	case e.left < 0:
		return 0, &Error{Reason: Replaced, Message: fmt.Sprintf("%.200q has more bytes than were listed", e.key)}
	case err == nil:
		return n, nil
	case errors.Is(err, io.EOF) && e.left == 0:
		return n, io.EOF
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return n, &Error{Reason: Cut, Message: fmt.Sprintf("%.200q ended %d bytes before its listed size", e.key, e.left)}
	case e.ctx.Err() != nil:
		return n, context.Cause(e.ctx)
	}
	return n, &Error{Reason: Cut, Message: fmt.Sprintf("%.200q: the connection broke", e.key), Err: err}
}

// retry calls try until it succeeds, fails for a reason that does not pass, or was called often enough.
func (c Client) retry(ctx context.Context, try func() error) error {
	for attempt := 1; ; attempt++ {
		err := try()
		if err == nil || !passes(err) || attempt >= c.Attempts || ctx.Err() != nil {
			return err
		}
		if paused := c.Pause(ctx, attempt); paused != nil {
			return errors.Join(err, paused)
		}
	}
}
