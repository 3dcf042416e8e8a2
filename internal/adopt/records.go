package adopt

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// lists are the members of a page of an API that hold its records.
var lists = map[string]bool{"data": true, "entities": true}

// records reads a file record by record: the elements of an array, of the list in a page of an API, or one value after
// another. A record is valid until do returns.
func records(ctx context.Context, r io.Reader, limits Limits, do func(record jsontext.Value) error) error {
	s := &stream{limit: limits.Record}
	text, err := unpack(r, limits)
	if err != nil {
		return err
	}
	s.src = text
	s.dec = jsontext.NewDecoder(s, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for n := 0; ; n++ {
		switch kind := s.dec.PeekKind(); kind {
		case '[':
			err = s.elements(ctx, do)
		case '{':
			err = s.page(ctx, do)
		default:
			if _, err = s.dec.ReadToken(); err == nil {
				err = errors.New("want a JSON object or an array of objects")
			}
		}
		if errors.Is(err, io.EOF) && n > 0 {
			return nil
		}
		if errors.Is(err, io.EOF) {
			return errors.New("the file is empty")
		}
		if err != nil {
			return located(err, s.dec)
		}
	}
}

// located adds where an error is, and for syntax what is wrong with the file.
func located(err error, dec *jsontext.Decoder) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the file is truncated after %d bytes", dec.InputOffset())
	}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return fmt.Errorf("the file is not JSON at byte %d: %w", syntax.ByteOffset, syntax.Err)
	}
	return err
}

// stream bounds what is read ahead of the last complete token or record.
type stream struct {
	src   io.Reader
	dec   *jsontext.Decoder
	read  int64
	limit int64
}

// readAhead is what the decoder may have in its buffer besides a record.
const readAhead = 1 << 20

func (s *stream) Read(p []byte) (int, error) {
	if s.read-s.dec.InputOffset() > s.limit+readAhead {
		return 0, fmt.Errorf("a record has more than %d bytes", s.limit)
	}
	n, err := s.src.Read(p)
	s.read += int64(n)
	return n, err
}

func (s *stream) elements(ctx context.Context, do func(jsontext.Value) error) error {
	if _, err := s.dec.ReadToken(); err != nil {
		return err
	}
	for s.dec.PeekKind() != ']' {
		if err := s.value(ctx, do); err != nil {
			return err
		}
	}
	_, err := s.dec.ReadToken()
	return err
}

func (s *stream) value(ctx context.Context, do func(jsontext.Value) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	v, err := s.dec.ReadValue()
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF // of an array
	}
	if err != nil {
		return err
	}
	return do(v)
}

// page reads an object: a page of an API, whose list has the records, or else one record.
func (s *stream) page(ctx context.Context, do func(jsontext.Value) error) error {
	if _, err := s.dec.ReadToken(); err != nil {
		return err
	}
	record, found := []byte{'{'}, false
	for s.dec.PeekKind() != '}' {
		name, err := s.dec.ReadToken()
		if err != nil {
			return err
		}
		text := name.String()
		if lists[text] && s.dec.PeekKind() == '[' {
			if err := s.elements(ctx, do); err != nil {
				return err
			}
			found = true
			continue
		}
		v, err := s.dec.ReadValue()
		if err != nil {
			return err
		}
		if len(record) > 1 {
			record = append(record, ',')
		}
		if record, err = jsontext.AppendQuote(record, []byte(text)); err != nil {
			return err
		}
		if record = append(append(record, ':'), v...); int64(len(record)) > s.limit {
			return fmt.Errorf("a record has more than %d bytes", s.limit)
		}
	}
	if _, err := s.dec.ReadToken(); err != nil || found {
		return err
	}
	return do(append(record, '}'))
}
