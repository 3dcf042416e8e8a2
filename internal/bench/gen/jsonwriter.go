package gen

import (
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// jsonWriter writes JSON as Python's json.dumps does, which is how dbt writes:
// ", " and ": " between values, nothing but ASCII. It keeps the first error and
// at most a few hundred kilobytes.
type jsonWriter struct {
	out   io.Writer
	b     []byte
	first bool // no value precedes the next one in its list or map
	err   error
}

const flushAt = 256 << 10

func newJSONWriter(out io.Writer) *jsonWriter {
	return &jsonWriter{out: out, b: make([]byte, 0, flushAt+64<<10), first: true}
}

func (w *jsonWriter) comma() {
	if !w.first {
		w.b = append(w.b, ", "...)
	}
	w.first = false
}

func (w *jsonWriter) open(bracket byte) {
	w.comma()
	w.b = append(w.b, bracket)
	w.first = true
}

func (w *jsonWriter) close(bracket byte) {
	w.b = append(w.b, bracket)
	w.first = false
	if len(w.b) >= flushAt {
		w.flush()
	}
}

// end writes what is left and returns the first error.
func (w *jsonWriter) end() error {
	w.flush()
	return w.err
}

func (w *jsonWriter) flush() {
	if w.err == nil {
		_, w.err = w.out.Write(w.b)
	}
	w.b = w.b[:0]
}

func (w *jsonWriter) key(key string) {
	w.string(key)
	w.b = append(w.b, ": "...)
	w.first = true
}

func (w *jsonWriter) string(value string) {
	w.comma()
	w.b = appendQuoted(w.b, value)
}

// raw writes JSON that is ready.
func (w *jsonWriter) raw(value string) {
	w.comma()
	w.b = append(w.b, value...)
}

func (w *jsonWriter) number(value int) {
	w.comma()
	w.b = strconv.AppendInt(w.b, int64(value), 10)
}

func (w *jsonWriter) float(value float64, digits int) {
	w.comma()
	w.b = strconv.AppendFloat(w.b, value, 'f', digits, 64)
}

// The pairs: a key and its value.

func (w *jsonWriter) text(key, value string) { w.key(key); w.string(value) }

func (w *jsonWriter) literal(key, value string) { w.key(key); w.raw(value) }

func (w *jsonWriter) count(key string, value int) { w.key(key); w.number(value) }

func (w *jsonWriter) list(key string, values ...string) {
	w.key(key)
	w.open('[')
	for _, value := range values {
		w.string(value)
	}
	w.close(']')
}

// pairs writes "key": value for JSON values that are ready, given in turn.
func (w *jsonWriter) pairs(keyed ...string) {
	for i := 0; i < len(keyed); i += 2 {
		w.literal(keyed[i], keyed[i+1])
	}
}

func appendQuoted(b []byte, value string) []byte {
	b = append(b, '"')
	for i := 0; i < len(value); {
		c := value[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c < ' ':
			b = fmt.Appendf(b, "\\u%04x", c)
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(value[i:])
			// All text here lies in the basic plane: no surrogates.
			b = fmt.Appendf(b, "\\u%04x", r)
			i += size
			continue
		default:
			b = append(b, c)
		}
		i++
	}
	return append(b, '"')
}
