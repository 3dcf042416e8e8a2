package dbt

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// splitter walks the top level of an artifact and reads one raw value at a time.
type splitter struct {
	stream *Stream
	dec    *jsontext.Decoder
	limits Limits
	part   Kind

	section string
	seen    map[string]bool     // sections so far
	ids     map[uint64]struct{} // hashes of the names within the current section
	entries int                 // nodes, tables or results so far
	issues  issues
	resultShape
}

func newSplitter(r io.Reader, part Kind, limits Limits) (*splitter, error) {
	limits = limits.orDefault(part)
	stream, err := Open(r, limits)
	if err != nil {
		return nil, inPart(err, part)
	}
	return &splitter{
		stream: stream, limits: limits, part: part, seen: map[string]bool{}, ids: map[uint64]struct{}{},
		dec: jsontext.NewDecoder(stream, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)),
	}, nil
}

// walk calls visit for every top-level member; visit must consume the value with one of the methods below.
// It ends well only when the file does: nothing may follow the object.
func (s *splitter) walk(ctx context.Context, visit func(section string, kind jsontext.Kind) error) error {
	if _, err := s.token(); err != nil {
		return err
	}
	for s.dec.PeekKind() != jsontext.KindEndObject {
		name, err := s.name()
		if err != nil {
			return err
		}
		if s.seen[name] {
			s.issues.add(Issue{Code: IssueDuplicateKey, Severity: Warning, Pointer: pointer(name), field: name,
				Message: "the section " + shorten(name, 60) + " appears twice; of repeated entries the later one was taken", Remedy: remedyRewrite})
		}
		s.section, s.seen[name] = name, true
		clear(s.ids)
		if len(s.seen) > s.limits.Columns {
			return s.located(limitError("sections", "there are too many top-level sections", ""))
		}
		if err := visit(name, s.dec.PeekKind()); err != nil {
			return s.located(err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	s.section = ""
	if _, err := s.token(); err != nil {
		return err
	}
	return s.end()
}

// end makes sure that the file ends here.
func (s *splitter) end() error {
	end := s.dec.InputOffset()
	_, err := s.dec.ReadToken()
	if err == io.EOF {
		if n := s.stream.NonFinite(); n > 0 {
			s.issues.add(Issue{Code: IssueNonFinite, Severity: Warning, Count: n, Message: "NaN or Infinity was read as null"})
		}
		return nil
	}
	if own := s.ownError(err); own != nil {
		return own
	}
	e := malformed("something follows the end of the JSON object", "the file was written twice or two files were joined; "+remedyRewrite)
	e.Offset = s.offset(end)
	return s.located(e)
}

// members reads an object one member at a time. The raw value is valid until fn returns. A section that is
// null or missing is empty, one of another type is an issue.
func (s *splitter) members(ctx context.Context, fn func(name string, raw value) error) error {
	if !s.enter(jsontext.KindBeginObject, "an object") {
		return s.skip()
	}
	if _, err := s.token(); err != nil {
		return err
	}
	for i := 0; s.dec.PeekKind() != jsontext.KindEndObject; i++ {
		name, err := s.name()
		if err != nil {
			return err
		}
		s.noteRepeat(name)
		raw, err := s.value()
		if err != nil {
			return err
		}
		if err := fn(name, raw); err != nil {
			return err
		}
		if i%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	_, err := s.token()
	return err
}

// elements reads an array one element at a time.
func (s *splitter) elements(ctx context.Context, fn func(i int, raw value) error) error {
	if !s.enter(jsontext.KindBeginArray, "an array") {
		return s.skip()
	}
	if _, err := s.token(); err != nil {
		return err
	}
	for i := 0; s.dec.PeekKind() != jsontext.KindEndArray; i++ {
		raw, err := s.value()
		if err != nil {
			return err
		}
		if err := fn(i, raw); err != nil {
			return err
		}
		if i%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	_, err := s.token()
	return err
}

// enter says whether the value at hand is of the kind wanted.
func (s *splitter) enter(want jsontext.Kind, what string) bool {
	kind := s.dec.PeekKind()
	if kind == want {
		return true
	}
	if kind != jsontext.KindNull && kind != jsontext.KindInvalid {
		s.issues.add(Issue{Code: IssueSectionType, Severity: Warning, Pointer: pointer(s.section), field: s.section,
			Message: "the section " + shorten(s.section, 60) + " is not " + what + " and was left out", Remedy: remedyRewrite})
	}
	return false
}

// skip passes over the value at hand, holding no more than one of its members.
func (s *splitter) skip() error {
	kind := s.dec.PeekKind()
	if kind != jsontext.KindBeginObject && kind != jsontext.KindBeginArray {
		_, err := s.value()
		return err
	}
	depth := s.dec.StackDepth()
	for {
		if _, err := s.token(); err != nil {
			return err
		}
		for s.dec.StackDepth() == depth+1 && !isEnd(s.dec.PeekKind()) {
			if _, err := s.value(); err != nil {
				return err
			}
		}
		if s.dec.StackDepth() == depth {
			return nil
		}
	}
}

func isEnd(k jsontext.Kind) bool { return k == jsontext.KindEndObject || k == jsontext.KindEndArray }

// value reads one raw value, valid until the next call.
func (s *splitter) value() (value, error) {
	s.stream.begin(s.dec.InputOffset())
	raw, err := s.dec.ReadValue()
	if err != nil {
		return nil, s.readError(err)
	}
	if len(raw) > s.limits.Value {
		return nil, s.located(limitError("value", "one value is larger than "+byteText(int64(s.limits.Value)), ""))
	}
	return value(raw), nil
}

func (s *splitter) token() (jsontext.Token, error) {
	s.stream.begin(s.dec.InputOffset())
	t, err := s.dec.ReadToken()
	if err != nil {
		return t, s.readError(err)
	}
	return t, nil
}

// name reads the name of a member.
func (s *splitter) name() (string, error) {
	t, err := s.token()
	if err != nil {
		return "", err
	}
	name := t.String()
	if len(name) > s.limits.Name {
		return "", s.located(limitError("name", "a name is longer than "+byteText(int64(s.limits.Name)), ""))
	}
	if strings.IndexByte(name, 0) >= 0 {
		return "", s.located(&Error{Code: CodeEncoding, Offset: -1, Detail: "a NUL character stands in an id", Remedy: remedyRewrite})
	}
	if strings.Contains(name, "\uFFFD") {
		s.issues.add(Issue{Code: IssueInvalidUTF8, Severity: Warning, Pointer: pointer(s.section, name), UniqueID: name, field: "name",
			Message: "an id holds U+FFFD, which stands for text that was no UTF-8"})
	}
	return name, nil
}

func (s *splitter) noteRepeat(name string) {
	h := nameHash([]byte(name))
	if _, ok := s.ids[h]; ok {
		s.issues.add(Issue{Code: IssueDuplicateKey, Severity: Warning, Pointer: pointer(s.section, name), UniqueID: name,
			field: s.section, Message: "an id appears twice in one section; the later one was taken", Remedy: remedyRewrite})
	}
	s.ids[h] = struct{}{}
}

// count counts one more node, table or result.
func (s *splitter) count() error {
	if s.entries++; s.entries > s.limits.Nodes {
		return s.located(limitError("nodes", "there are more than "+itoa(int64(s.limits.Nodes))+" nodes or results", ""))
	}
	return nil
}

// offset translates an offset in the text into one in the unpacked file.
func (s *splitter) offset(out int64) int64 { return s.stream.filter.fileOffset(out) }

// located adds the place at hand to an *Error that has none.
func (s *splitter) located(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	e.Part = string(s.part)
	if e.Offset < 0 {
		e.Offset = s.offset(s.dec.InputOffset())
	}
	if e.Pointer == "" {
		e.Pointer = string(s.dec.StackPointer())
	}
	return e
}

// ownError returns the error of the stream underneath, if err is one.
func (s *splitter) ownError(err error) error {
	var e *Error
	if errors.As(err, &e) {
		return s.located(e)
	}
	var syntax *jsontext.SyntacticError
	if !errors.As(err, &syntax) {
		if cause := errors.Unwrap(err); cause != nil {
			return cause
		}
		return err
	}
	return nil
}

// readError puts an error of the JSON decoder into our words.
func (s *splitter) readError(err error) error {
	if err == io.EOF {
		err = &jsontext.SyntacticError{ByteOffset: s.dec.InputOffset(), Err: io.ErrUnexpectedEOF}
	}
	if own := s.ownError(err); own != nil {
		return own
	}
	var syntax *jsontext.SyntacticError
	errors.As(err, &syntax)
	e := malformed("the JSON is broken: "+shorten(syntax.Err.Error(), 200), remedyRewrite)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		e.Detail, e.Remedy = "the file is cut short", "dbt or the upload was interrupted; "+remedyRewrite
	}
	e.Offset, e.cause = s.offset(syntax.ByteOffset), syntax.Err
	e.Pointer = string(syntax.JSONPointer)
	return s.located(e)
}

// inPart names the part in an *Error.
func inPart(err error, part Kind) error {
	var e *Error
	if errors.As(err, &e) {
		e.Part = string(part)
	}
	return err
}

// pointer makes a JSON pointer of names.
func pointer(names ...string) string {
	var p jsontext.Pointer
	for _, n := range names {
		p = p.AppendToken(n)
	}
	return string(p)
}
