package dbt

import (
	"context"
	"io"
	"iter"

	"github.com/go-json-experiment/json/jsontext"
)

// Walker reads an artifact of any kind section by section, one raw value at a time, without deciding what of it to
// keep. [ReadManifest] and the other readers of one kind decode; a Walker is for counting.
type Walker struct{ s *splitter }

// NewWalker begins to read an artifact, plain or gzip.
func NewWalker(r io.Reader, limits Limits) (*Walker, error) {
	s, err := newSplitter(r, "", limits)
	if err != nil {
		return nil, err
	}
	return &Walker{s: s}, nil
}

// Walk calls visit for every top-level member, in the order of the file; visit must consume the value with Members,
// Elements or Value.
func (w *Walker) Walk(ctx context.Context, visit func(section string, kind jsontext.Kind) error) error {
	return w.s.walk(ctx, visit)
}

// Members reads an object one member at a time. The raw value is valid until fn returns.
func (w *Walker) Members(ctx context.Context, fn func(name string, raw Value) error) error {
	return w.s.members(ctx, func(name string, raw value) error { return fn(name, Value(raw)) })
}

// Elements reads an array one element at a time. The raw value is valid until fn returns.
func (w *Walker) Elements(ctx context.Context, fn func(raw Value) error) error {
	return w.s.elements(ctx, func(_ int, raw value) error { return fn(Value(raw)) })
}

// Value reads the value whole. It is valid until the next one is read.
func (w *Walker) Value() (Value, error) {
	v, err := w.s.value()
	return Value(v), err
}

// WithoutRepeats returns the value that was read last without the members whose name is repeated later in the
// same object, and the number of members that were left out.
func (w *Walker) WithoutRepeats(raw Value) (fixed Value, repeats int) {
	if !w.s.canon.repeated {
		return raw, 0
	}
	out, found := clean(value(raw), "")
	return Value(out), found.repeats
}

// Sections are the top-level members so far.
func (w *Walker) Sections() map[string]bool { return w.s.seen }

// RepeatedSections counts the top-level members that came more than once.
func (w *Walker) RepeatedSections() int {
	n := 0
	for _, is := range w.s.issues.list {
		if is.field != "" && is.Code == IssueDuplicateKey && is.Pointer == pointer(is.field) {
			n += is.Count
		}
	}
	return n
}

// NonFinite yields the words that Python writes for numbers that JSON lacks, with how often each was read so far.
func (w *Walker) NonFinite() iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for i, word := range nonFiniteWords {
			if !yield(word, w.s.nonFinite[i]) {
				return
			}
		}
	}
}

// ByteOrderMark reports whether the file begins with one.
func (w *Walker) ByteOrderMark() bool { return w.s.stream.bom }

// Unpacked counts the bytes read so far, after decompression.
func (w *Walker) Unpacked() int64 { return w.s.stream.Unpacked() }

// Located adds the current position to an error.
func (w *Walker) Located(err error) error { return w.s.located(err) }

// ParseSchemaURL splits metadata.dbt_schema_version, such as https://schemas.getdbt.com/dbt/run-results/v6.json, into
// a kind and a version. A part that is missing is "" or -1.
func ParseSchemaURL(url string) (Kind, int) { return parseSchemaURL(url) }
