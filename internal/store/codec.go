package store

import (
	"bytes"
	"context"
	"fmt"
	"runtime"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/s2"
	"golang.org/x/sync/errgroup"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Bodies are compact JSON, squeezed where that is shorter. S2 is used because a
// first import squeezes some 100,000 short values: zstd needs ten times the
// processor for a third less space.

// squeezeFrom is the length from which compression is tried.
const squeezeFrom = 200

// squeezed leads a squeezed value; no JSON begins with it.
const squeezed = 0xff

// maxBody bounds what a squeezed value may say it unpacks to.
const maxBody = 1 << 30 // bytes

// squeeze compresses where that pays.
func squeeze(b []byte) []byte {
	if len(b) < squeezeFrom {
		return b
	}
	z := make([]byte, 1+s2.MaxEncodedLen(len(b)))
	z[0] = squeezed
	if z = z[:1+len(s2.Encode(z[1:], b))]; len(z) < len(b) {
		return bytes.Clone(z) // the buffer is larger than what is kept of it
	}
	return b
}

func unsqueeze(b []byte) ([]byte, error) {
	if len(b) == 0 || b[0] != squeezed {
		return b, nil
	}
	n, err := s2.DecodedLen(b[1:])
	if err != nil {
		return nil, err
	}
	if n > maxBody {
		return nil, fmt.Errorf("unpacks to %d bytes: %w", n, catalog.ErrTooLarge)
	}
	return s2.Decode(nil, b[1:])
}

// encode gives the stored form of a body; equal values give equal bytes.
func encode(v any) ([]byte, error) {
	b, err := json.Marshal(v, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, fmt.Errorf("encode body: %w", err)
	}
	return squeeze(b), nil
}

// decode reads what encode gave.
func decode(b []byte, v any) error {
	b, err := unsqueeze(b)
	if err != nil {
		return fmt.Errorf("stored body: %w", err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("stored body: %w", err)
	}
	return nil
}

// encodeText gives the stored form of a text: 'z' and a squeezed value, or 't'
// and the text.
func encodeText(s string) ([]byte, error) {
	b := squeeze([]byte(s))
	tag := byte('z')
	if len(b) == len(s) { // squeeze only ever shortens
		tag = 't'
	}
	return append([]byte{tag}, b...), nil
}

func decodeText(b []byte) (string, error) {
	if len(b) == 0 {
		return "", fmt.Errorf("stored text: empty")
	}
	if b[0] == 't' {
		return string(b[1:]), nil
	}
	text, err := unsqueeze(b[1:])
	if err != nil {
		return "", fmt.Errorf("stored text: %w", err)
	}
	return string(text), nil
}

// encodeAll calls encode for each value on all processors.
func encodeAll[T any](ctx context.Context, values []T, encode func(T) ([]byte, error)) ([][]byte, error) {
	out := make([][]byte, len(values))
	workers := min(runtime.GOMAXPROCS(0), 1+len(values)/64)
	group, ctx := errgroup.WithContext(ctx)
	for k := range workers {
		group.Go(func() error {
			for i := k; i < len(values) && ctx.Err() == nil; i += workers {
				b, err := encode(values[i])
				if err != nil {
					return err
				}
				out[i] = b
			}
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return out, nil
}
