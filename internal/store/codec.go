package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/s2"
	"golang.org/x/sync/errgroup"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Bodies are compact JSON, compressed where that is shorter. Long values are apart
// (longvalues.go). S2 is used because a
// first import compresses some 100,000 short values: zstd needs ten times the
// processor for a third less space.

// compressFrom is the length from which compression is tried.
const compressFrom = 200

// compressed leads a compressed value; JSON never begins with it.
const compressed = 0xff

// maxBody bounds the size that a compressed value may claim to have.
const maxBody = 1 << 30 // bytes

// keptBody is the size up to which a buffer for bodies is kept.
const keptBody = 1 << 20 // bytes

// encoder returns the stored form of bodies and texts. Its memory is reused for
// each of them: only what is kept is allocated. It is not for concurrent use.
type encoder struct {
	plain  bytes.Buffer
	packed []byte
}

// body returns the stored form of a body; equal values have equal bytes.
func (e *encoder) body(v any) ([]byte, error) {
	if _, err := e.json(v); err != nil {
		return nil, err
	}
	b, _ := e.compress()
	return bytes.Clone(b), nil
}

// json writes a body to e.plain and returns where it has long values.
func (e *encoder) json(v any) (long []span, err error) {
	e.plain.Reset()
	a := appender{b: e.plain.AvailableBuffer()}
	if a.appended(v) {
		err = a.err
		e.plain = *bytes.NewBuffer(a.b) // which is the buffer's own memory or replaces it
	} else {
		err = json.MarshalWrite(&e.plain, v, bodyOptions)
	}
	if err != nil {
		return nil, fmt.Errorf("encode body: %w", err)
	}
	return a.long, nil
}

// text returns the stored form of a text: 'z' and a compressed value, or 't' and the
// text.
func (e *encoder) text(s string) []byte {
	e.plain.Reset()
	e.plain.WriteString(s)
	tag := byte('t')
	b, shorter := e.compress()
	if shorter {
		tag = 'z'
	}
	return append(append(make([]byte, 0, 1+len(b)), tag), b...)
}

// compress compresses e.plain where that pays. Its result is valid until the
// next call.
func (e *encoder) compress() (b []byte, shorter bool) {
	plain := e.plain.Bytes()
	if len(plain) < compressFrom {
		return plain, false
	}
	n := 1 + s2.MaxEncodedLen(len(plain))
	e.packed = slices.Grow(e.packed[:0], n)[:n]
	e.packed[0] = compressed
	if packed := e.packed[:1+len(s2.Encode(e.packed[1:], plain))]; len(packed) < len(plain) {
		return packed, true
	}
	return plain, false
}

// plainBodies are buffers for bodies that are decoded at once: nothing that json decodes refers to them.
var plainBodies = sync.Pool{New: func() any { return new([]byte) }}

func decompress(b []byte) ([]byte, error) { return decompressInto(new([]byte), b) }

// decompressInto returns b, decompressed if it is compressed, then in the buffer if that is large enough. A larger one
// is kept there unless it is very large.
func decompressInto(buffer *[]byte, b []byte) ([]byte, error) {
	if len(b) == 0 || b[0] != compressed {
		return b, nil
	}
	n, err := s2.DecodedLen(b[1:])
	if err != nil {
		return nil, err
	}
	if n > maxBody {
		return nil, fmt.Errorf("unpacks to %d bytes: %w", n, catalog.ErrTooLarge)
	}
	plain, err := s2.Decode((*buffer)[:cap(*buffer)], b[1:])
	if cap(plain) <= keptBody {
		*buffer = plain
	}
	return plain, err
}

// encode returns the stored form of one body.
func encode(v any) ([]byte, error) { return new(encoder).body(v) }

// storedOptions leave out the search for names that are there twice, since our own encoder wrote the bodies.
var storedOptions = jsontext.AllowDuplicateNames(true)

// decode reads what encode returned.
func decode(b []byte, v any) error {
	plain := plainBodies.Get().(*[]byte)
	defer plainBodies.Put(plain)
	b, err := decompressInto(plain, b)
	if err != nil {
		return fmt.Errorf("stored body: %w", err)
	}
	if err := json.Unmarshal(b, v, storedOptions); err != nil {
		return fmt.Errorf("stored body: %w", err)
	}
	return nil
}

func decodeText(b []byte) (string, error) {
	if len(b) > 0 && b[0] == 't' {
		return string(b[1:]), nil
	}
	text, err := decodeBytes(b)
	return string(text), err
}

// decodeBytes reads what encoder.text returned into new bytes.
func decodeBytes(b []byte) ([]byte, error) {
	switch {
	case len(b) == 0:
		return nil, errors.New("stored text: empty")
	case b[0] == 't':
		return bytes.Clone(b[1:]), nil
	}
	text, err := decompress(b[1:])
	if err != nil {
		return nil, fmt.Errorf("stored text: %w", err)
	}
	return text, nil
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
				runtime.Gosched() // yield to requests
			}
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return out, nil
}
