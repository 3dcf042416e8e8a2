package dbt

import (
	"context"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// errSniffed ends a walk that has seen enough.
var errSniffed = errors.New("sniffed")

// Sniff reads an artifact only as far as its metadata, which dbt writes first, and tells what they say. Of a
// file that is not well formed before that, or has none within its first entries, nothing is told: reading it
// tells what is wrong. Only errors of r and of ctx are returned.
func Sniff(ctx context.Context, r io.Reader, limits Limits) (Head, error) {
	s, err := newSplitter(r, "", limits)
	if err != nil {
		return Head{}, notFile(err)
	}
	var h header
	d := s.newDecoder()
	err = s.walk(ctx, func(section string, _ jsontext.Kind) error {
		if section != "metadata" {
			return s.skip()
		}
		v, err := s.value()
		if err != nil {
			return err
		}
		h.metadata(d, v)
		return errSniffed
	})
	return h.Head, notFile(err)
}

// notFile lets through only errors that the file is not to blame for.
func notFile(err error) error {
	var bad *Error
	if errors.Is(err, errSniffed) || errors.As(err, &bad) {
		return nil
	}
	return err
}
