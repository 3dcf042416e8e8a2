package store

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"
)

// Bodies are compact JSON, as zstd where that is shorter. A zstd frame begins
// with a magic number that no JSON begins with; texts say it in a first byte.

// squeezeFrom is the length from which compression is tried.
const squeezeFrom = 200

var zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}

// Both are safe for concurrent use by their EncodeAll and DecodeAll.
var (
	squeezer = sync.OnceValues(func() (*zstd.Encoder, error) {
		return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(false), zstd.WithWindowSize(1<<18))
	})
	unsqueezer = sync.OnceValues(func() (*zstd.Decoder, error) {
		return zstd.NewReader(nil, zstd.WithDecoderMaxMemory(1<<30))
	})
)

// squeeze compresses where that pays.
func squeeze(b []byte) ([]byte, error) {
	if len(b) < squeezeFrom {
		return b, nil
	}
	enc, err := squeezer()
	if err != nil {
		return nil, err
	}
	if z := enc.EncodeAll(b, make([]byte, 0, len(b)/2)); len(z) < len(b) {
		return z, nil
	}
	return b, nil
}

func unsqueeze(b []byte) ([]byte, error) {
	if !bytes.HasPrefix(b, zstdMagic) {
		return b, nil
	}
	dec, err := unsqueezer()
	if err != nil {
		return nil, err
	}
	return dec.DecodeAll(b, nil)
}

// encode gives the stored form of a body; equal values give equal bytes.
func encode(v any) ([]byte, error) {
	b, err := json.Marshal(v, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, fmt.Errorf("encode body: %w", err)
	}
	return squeeze(b)
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

// encodeText gives the stored form of a text: 'z' and a zstd frame, or 't' and
// the text.
func encodeText(s string) ([]byte, error) {
	b, err := squeeze([]byte(s))
	if err != nil {
		return nil, err
	}
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
