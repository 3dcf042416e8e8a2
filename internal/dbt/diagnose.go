package dbt

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// diagnose returns what is wrong with data, which is between before and after in a JSON text and at offset at in
// the file; nil if nothing is. It takes the time of a real JSON decoder, which the readers spend only on what they
// found to be broken.
func diagnose(before string, data []byte, after string, at int64) *Error {
	text := slices.Concat([]byte(before), data, []byte(after))
	for from, w := range nonFinite(text) {
		copy(text[from:], "[]       "[:len(nonFiniteWords[w])]) // any value that is not a name, in as many bytes
	}
	dec := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	err := error(nil)
	for err == nil {
		err = step(dec)
	}
	syntax := &jsontext.SyntacticError{ByteOffset: dec.InputOffset(), JSONPointer: dec.StackPointer(), Err: io.ErrUnexpectedEOF}
	if err == io.EOF && dec.StackDepth() == 0 { // the decoder's own message
		return nil
	}
	errors.As(err, &syntax)
	e := malformed("the JSON is broken: "+shorten(syntax.Err.Error(), 200), remedyRewrite)
	if errors.Is(syntax.Err, io.ErrUnexpectedEOF) {
		e.Detail, e.Remedy = "the file is truncated", "dbt or the upload was interrupted; "+remedyRewrite
	}
	e.Offset = at + max(0, min(syntax.ByteOffset-int64(len(before)), int64(len(data))))
	e.Pointer, e.cause = string(syntax.JSONPointer), syntax.Err
	return e
}

// step reads the outermost object and its sections token by token, the values in them whole.
func step(dec *jsontext.Decoder) error {
	kind, n := dec.StackIndex(dec.StackDepth())
	if dec.StackDepth() < 2 || kind == jsontext.KindBeginObject && n%2 == 0 || isEnd(dec.PeekKind()) {
		_, err := dec.ReadToken()
		return err
	}
	_, err := dec.ReadValue()
	return err
}

func isEnd(k jsontext.Kind) bool { return k == jsontext.KindEndObject || k == jsontext.KindEndArray }

// broken returns what is wrong with the current text.
func (s *scanner) broken() error {
	if s.pos >= s.end && s.err != nil && s.err != io.EOF { // of the stream itself
		return s.located(s.err)
	}
	e := diagnose(s.opened(), s.buf[s.mark:s.end], "", s.offset(s.mark))
	if e == nil { // no text is known on which the scanner and the decoder disagree
		e = malformed("the JSON is broken", remedyRewrite)
	}
	return s.located(e)
}

// ended returns why there is no more text where some is expected.
func (s *scanner) ended() error {
	s.pos = s.end
	return s.broken()
}

// opened is a JSON text that leaves a decoder where the scanner was at its mark.
func (s *scanner) opened() string {
	switch {
	case s.level == 0:
		return ""
	case s.level == 1 && s.before == 0:
		return `{`
	case s.level == 1:
		return `{"":""`
	}
	return openedSection(s.section, s.list, s.before)
}

// openedSection is a JSON text that ends within a section, after a number of members or
// elements.
func openedSection(section string, list bool, before int) string {
	text := `{` + quoted(section) + `:`
	switch {
	case list && before > 0:
		return text + `[""` + strings.Repeat(`,""`, before-1)
	case list:
		return text + `[`
	case before > 0:
		return text + `{"":""`
	}
	return text + `{`
}

func quoted(name string) string {
	b, _ := jsontext.AppendQuote(nil, name) // the only error is invalid UTF-8, which is then replaced
	return string(b)
}

// broken returns what is wrong with a value that was found in a section.
func (e entry) broken(raw value) *Error {
	list := e.id == ""
	before := openedSection(e.section, list, e.index)
	after := `]}`
	switch {
	case list && e.index > 0:
		before += `,`
	case !list:
		before, after = before+quoted(e.id)+`:`, `}}`
	}
	return diagnose(before, raw, after, e.at)
}

// located adds the current place to an *Error that has none.
func (s *scanner) located(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	e.Part = string(s.part)
	if e.Offset < 0 {
		e.Offset = s.offset(s.pos)
	}
	if e.Pointer == "" {
		e.Pointer = s.pointer()
	}
	return e
}
