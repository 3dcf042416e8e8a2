package dbt

import (
	"bytes"
	"io"
	"strconv"
)

// filter passes JSON text through and watches what jsontext does not: how deep it nests, and the NaN and
// Infinity that Python writes where JSON knows no number; it turns them into null.
type filter struct {
	maxDepth  int
	depth     int
	inString  bool
	escaped   bool   // an odd number of backslashes ends the text seen so far, inside a string
	nonFinite [3]int // by word

	buf      []byte // bytes of the file that are not given out yet: buf[pos:end]
	pos, end int
	err      error // of the last fill, to be returned once buf is empty

	out   int64   // bytes given out
	shift int64   // offset in the file less offset in the output, before the first entry of grown
	grown []int64 // offsets in the output behind which the file is one byte shorter (NaN → null)
}

// maxGrown bounds the memory for exact offsets; behind that many NaN they are off by a few bytes.
const maxGrown = 1 << 16

// fileOffset translates an offset in the output into one in the file.
func (f *filter) fileOffset(out int64) int64 {
	at := out + f.shift
	for _, g := range f.grown {
		if g <= out {
			at--
		}
	}
	return at
}

// read fills p with clean text taken from fill.
func (f *filter) read(p []byte, fill func([]byte) (int, error)) (int, error) {
	if f.pos == f.end {
		if err := f.refill(1, fill); err != nil {
			return 0, err
		}
	}
	clean, err := f.scan(f.buf[f.pos:min(f.end, f.pos+len(p))])
	if err != nil {
		return 0, err
	}
	if clean == 0 {
		return f.readSuspect(p, fill)
	}
	n := copy(p, f.buf[f.pos:f.pos+clean])
	f.pos += n
	f.out += int64(n)
	return n, nil
}

// refill makes at least want bytes available unless the file ends before; it returns an error only when
// there is nothing left to give out.
func (f *filter) refill(want int, fill func([]byte) (int, error)) error {
	if f.buf == nil {
		f.buf = make([]byte, 64*kib)
	}
	f.end = copy(f.buf, f.buf[f.pos:f.end])
	f.pos = 0
	for f.end < want && f.err == nil {
		n, err := fill(f.buf[f.end:])
		f.end += n
		f.err = err
	}
	if f.err != nil && f.err != io.EOF || f.end == 0 {
		return f.err
	}
	return nil
}

var nonFiniteWords = [3]string{"NaN", "Infinity", "-Infinity"}

// readSuspect gives out the word that starts with the N, I or - at hand, as null if JSON does not know it.
func (f *filter) readSuspect(p []byte, fill func([]byte) (int, error)) (int, error) {
	if f.end-f.pos < len("-Infinity") {
		if err := f.refill(len("-Infinity"), fill); err != nil {
			return 0, err
		}
	}
	for i, word := range nonFiniteWords {
		if bytes.HasPrefix(f.buf[f.pos:f.end], []byte(word)) && len(p) >= len("null     ") {
			n := copy(p, "null     "[:max(len(word), 4)])
			f.out += int64(n)
			if len(word) < n && len(f.grown) < maxGrown {
				f.grown = append(f.grown, f.out)
			}
			f.nonFinite[i]++
			f.pos += len(word)
			return n, nil
		}
	}
	// Not one of the words: give the byte out as it is and let the JSON decoder judge it.
	p[0] = f.buf[f.pos]
	f.pos++
	f.out++
	return 1, nil
}

// scan walks p and returns how much of it can be passed on as it is: up to a byte outside of strings that
// may start a number JSON does not know.
func (f *filter) scan(p []byte) (int, error) {
	i := 0
	for i < len(p) {
		if f.inString {
			i += f.scanString(p[i:])
			continue
		}
		switch c := p[i]; c {
		case '"':
			f.inString, f.escaped = true, false
		case '{', '[':
			if f.depth++; f.depth > f.maxDepth {
				e := limitError("depth", "values nest deeper than "+strconv.Itoa(f.maxDepth)+" levels", "")
				e.Offset = f.fileOffset(f.out + int64(i))
				return 0, e
			}
		case '}', ']':
			f.depth--
		case 'N', 'I':
			return i, nil
		case '-':
			if i+1 >= len(p) || p[i+1] == 'I' {
				return i, nil
			}
		}
		i++
	}
	return i, nil
}

// scanString returns how many bytes of p, which starts inside a string, still belong to it.
func (f *filter) scanString(p []byte) int {
	i := 0
	for {
		k := bytes.IndexByte(p[i:], '"')
		end := i + k
		if k < 0 {
			end = len(p)
		}
		slashes := 0
		for slashes < end && p[end-1-slashes] == '\\' {
			slashes++
		}
		odd := slashes%2 == 1
		if slashes == end && f.escaped { // the run of backslashes started before p
			odd = !odd
		}
		if k < 0 {
			f.escaped = odd
			return len(p)
		}
		if !odd {
			f.inString, f.escaped = false, false
			return end + 1
		}
		// An escaped quote: what follows starts afresh.
		f.escaped = false
		if i = end + 1; i == len(p) {
			return i
		}
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// byteText writes a limit the way people say it.
func byteText(n int64) string {
	switch {
	case n >= gib && n%gib == 0:
		return itoa(n/gib) + " GiB"
	case n >= mib && n%mib == 0:
		return itoa(n/mib) + " MiB"
	case n >= kib && n%kib == 0:
		return itoa(n/kib) + " KiB"
	}
	return itoa(n) + " bytes"
}
