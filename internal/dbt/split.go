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
	scanner

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
	return &splitter{scanner: scanner{stream: stream, limits: limits, part: part}, seen: map[string]bool{}, ids: map[uint64]struct{}{}}, nil
}

// maxSections is how many members a file may have at its top level.
const maxSections = 1000

// walk calls visit for every top-level member; visit must consume the value with one of the methods below.
// It succeeds only if the file ends after the object.
func (s *splitter) walk(ctx context.Context, visit func(section string, kind jsontext.Kind) error) error {
	if err := s.open('{'); err != nil {
		return s.located(err)
	}
	for {
		more, err := s.next()
		if err != nil {
			return s.located(err)
		}
		if !more {
			return s.close()
		}
		if err := s.visit(visit); err != nil {
			return s.located(err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

func (s *splitter) visit(visit func(section string, kind jsontext.Kind) error) error {
	name, err := s.checkedName()
	if err != nil {
		return err
	}
	if s.seen[name] {
		s.issues.add(Issue{
			Code: IssueDuplicateKey, Severity: Warning, Pointer: pointer(name), field: name,
			Message: "the section " + shorten(name, 60) + " appears twice; of repeated entries the later one was used", Remedy: remedyRewrite,
		})
	}
	s.seen[name] = true
	clear(s.ids)
	if len(s.seen) > maxSections {
		return limitError("sections", "there are too many top-level sections", "")
	}
	return visit(name, s.kind())
}

// close makes sure that the file ends here.
func (s *splitter) close() error {
	end := s.pos
	s.mark = end
	switch {
	case s.peek() == 0 && s.err == io.EOF: // of the stream itself
		s.pos = end
		n := s.nonFinite
		if n := n[0] + n[1] + n[2]; n > 0 {
			s.issues.add(Issue{Code: IssueNonFinite, Severity: Warning, Count: n, Message: "NaN or Infinity was read as null"})
		}
		return nil
	case s.pos == s.end:
		return s.located(s.err)
	}
	e := malformed("something follows the end of the JSON object", "the file was written twice or two files were joined; "+remedyRewrite)
	e.Offset = s.offset(end)
	return s.located(e)
}

// members reads an object one member at a time. The raw value is valid until fn returns. A section that is
// null or missing is empty, one of another type is an issue.
func (s *splitter) members(ctx context.Context, fn func(name string, raw value) error) error {
	return s.each(ctx, '{', s.value, fn)
}

// elements reads an array one element at a time, like members.
func (s *splitter) elements(ctx context.Context, fn func(i int, raw value) error) error {
	return s.each(ctx, '[', s.value, func(_ string, raw value) error { return fn(s.index, raw) })
}

// forDecoders reads an object or an array for a pipeline. Values that are found sound arrive in their canonical form,
// without the members that skip leaves out; all others, and every one if skip is nil, arrive as they are and are
// checked by the decoders. fn may also look at the raw value until it returns.
func (s *splitter) forDecoders(ctx context.Context, bracket byte, skip func([]byte) bool, fn func(e entry, text form, raw value) error) error {
	checked := false
	read := func() (raw value, err error) {
		if raw, checked = s.sound(skip); checked {
			return raw, nil
		}
		return s.raw()
	}
	return s.each(ctx, bracket, read, func(id string, raw value) error {
		e := entry{section: s.section, id: id, at: s.began, length: s.offset(s.pos) - s.began, checked: checked}
		if s.list {
			e.index = s.index
		}
		if checked {
			return fn(e, s.canon.form, raw)
		}
		return fn(e, form{buf: raw}, raw)
	})
}

// each reads the members or elements of the current section by read.
func (s *splitter) each(ctx context.Context, bracket byte, read func() (value, error), fn func(name string, raw value) error) error {
	if !s.enter(jsontext.Kind(bracket)) {
		return s.skip()
	}
	if err := s.open(bracket); err != nil {
		return err
	}
	for {
		if more, err := s.next(); err != nil || !more {
			return err
		}
		name := ""
		if !s.list {
			var err error
			if name, err = s.checkedName(); err != nil {
				return err
			}
			s.noteRepeat(name)
		}
		raw, err := read()
		if err != nil {
			return err
		}
		s.noteCut(name)
		if err := fn(name, raw); err != nil {
			return err
		}
		if s.index%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// enter reports whether the current value is of the kind wanted.
func (s *splitter) enter(want jsontext.Kind) bool {
	kind := s.kind()
	if kind == want {
		return true
	}
	if kind != jsontext.KindNull && kind != jsontext.KindInvalid {
		what := "an object"
		if want == jsontext.KindBeginArray {
			what = "an array"
		}
		s.issues.add(Issue{
			Code: IssueSectionType, Severity: Warning, Pointer: pointer(s.section), field: s.section,
			Message: "the section " + shorten(s.section, 60) + " is not " + what + " and was left out", Remedy: remedyRewrite,
		})
	}
	return false
}

// skip passes over the current value, holding no more than one of its members.
func (s *splitter) skip() error {
	kind := s.kind()
	if kind != jsontext.KindBeginObject && kind != jsontext.KindBeginArray {
		_, err := s.value()
		return err
	}
	if err := s.open(byte(kind)); err != nil {
		return err
	}
	for {
		if more, err := s.next(); err != nil || !more {
			return err
		}
		if !s.list {
			if _, err := s.name(); err != nil {
				return err
			}
		}
		if _, err := s.value(); err != nil {
			return err
		}
	}
}

// checkedName reads the name of a member within the limits.
func (s *splitter) checkedName() (string, error) {
	name, err := s.name()
	if err != nil {
		return "", err
	}
	if len(name) > s.limits.Name {
		return "", limitError("name", "a name is longer than "+byteText(int64(s.limits.Name)), "")
	}
	if strings.IndexByte(name, 0) >= 0 {
		return "", &Error{Code: CodeEncoding, Offset: -1, Detail: "an id contains a NUL character", Remedy: remedyRewrite}
	}
	if strings.Contains(name, "\uFFFD") {
		s.issues.add(Issue{
			Code: IssueInvalidUTF8, Severity: Warning, Pointer: s.pointer(), UniqueID: name, field: "name",
			Message: "an id contains U+FFFD in place of text that was not UTF-8",
		})
	}
	return name, nil
}

func (s *splitter) noteRepeat(name string) {
	h := nameHash([]byte(name))
	if _, ok := s.ids[h]; ok {
		s.issues.add(Issue{
			Code: IssueDuplicateKey, Severity: Warning, Pointer: pointer(s.section, name), UniqueID: name,
			field: s.section, Message: "an id appears twice in one section; the later one was used", Remedy: remedyRewrite,
		})
	}
	s.ids[h] = struct{}{}
}

// noteCut reports texts of the current entry that were cut while they were read.
func (s *splitter) noteCut(name string) {
	if !s.isLong || s.condense.cut == 0 {
		return
	}
	s.issues.add(Issue{
		Code: IssueTextCut, Severity: Warning, Pointer: s.pointer(), UniqueID: name, field: s.section + "/", Count: s.condense.cut,
		Message: "a text longer than " + byteText(int64(s.limits.Code)) + " was cut; the artifact has all of it",
	})
}

// count counts one more node, table or result.
func (s *splitter) count() error {
	if s.entries++; s.entries > s.limits.Nodes {
		return s.located(limitError("nodes", "there are more than "+itoa(int64(s.limits.Nodes))+" nodes or results", ""))
	}
	return nil
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
