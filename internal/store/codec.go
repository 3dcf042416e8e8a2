package store

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"slices"

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

// encoder gives the stored form of bodies and texts. Its memory is used again for
// each of them: only what is kept of them is allocated. It is not for concurrent
// use.
type encoder struct {
	plain  bytes.Buffer
	packed []byte
}

// body gives the stored form of a body; equal values give equal bytes.
func (e *encoder) body(v any) ([]byte, error) {
	e.plain.Reset()
	if err := json.MarshalWrite(&e.plain, v, json.Deterministic(true), jsontext.AllowInvalidUTF8(true)); err != nil {
		return nil, fmt.Errorf("encode body: %w", err)
	}
	b, _ := e.squeeze()
	return bytes.Clone(b), nil
}

// text gives the stored form of a text: 'z' and a squeezed value, or 't' and the
// text.
func (e *encoder) text(s string) []byte {
	e.plain.Reset()
	e.plain.WriteString(s)
	tag := byte('t')
	b, shorter := e.squeeze()
	if shorter {
		tag = 'z'
	}
	return append(append(make([]byte, 0, 1+len(b)), tag), b...)
}

// squeeze compresses e.plain where that pays. What it gives is valid until the
// next call.
func (e *encoder) squeeze() (b []byte, shorter bool) {
	plain := e.plain.Bytes()
	if len(plain) < squeezeFrom {
		return plain, false
	}
	n := 1 + s2.MaxEncodedLen(len(plain))
	e.packed = slices.Grow(e.packed[:0], n)[:n]
	e.packed[0] = squeezed
	if packed := e.packed[:1+len(s2.Encode(e.packed[1:], plain))]; len(packed) < len(plain) {
		return packed, true
	}
	return plain, false
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

// encode gives the stored form of one body.
func encode(v any) ([]byte, error) { return new(encoder).body(v) }

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
func encodeAll[T any](ctx context.Context, values []T, encode func(*encoder, T) ([]byte, error)) ([][]byte, error) {
	out := make([][]byte, len(values))
	workers := min(runtime.GOMAXPROCS(0), 1+len(values)/64)
	group, ctx := errgroup.WithContext(ctx)
	for k := range workers {
		group.Go(func() error {
			e := new(encoder)
			for i := k; i < len(values) && ctx.Err() == nil; i += workers {
				b, err := encode(e, values[i])
				if err != nil {
					return err
				}
				out[i] = b
				runtime.Gosched() // requests go first
			}
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return out, nil
}
