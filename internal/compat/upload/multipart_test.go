package upload

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"
	"unicode/utf8"
)

// bodies are what the boundary "b" may stand in; the long ones pass the end of
// a buffer at every place of a boundary.
func bodies() []string {
	const head = "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n"
	list := []string{
		"", "--b--", "--b--\r\n", "--b-- \t\r\nepilogue", "preamble\r\n" + head + "a\r\n--b--", head + "--b--", head + "--b\r\n\r\n\r\n--b--",
		head + "a\r\n--b", head + "a\r\n--b-", head + "a\r\n--b-x\r\n--b--", head + "a\r\n--bb\r\n--b \t\r\n\r\nz\r\n--b--", head + "\r\n--b--", head, head + "-", head + "--",
		"--b\r\nContent-Disposition: form-data; name=\"x\"", "--b\r\nno header\r\n\r\na\r\n--b--", "--b\r\nA: b\r\n c\r\n\r\na\r\n--b--",
		"--b\r\nContent-Disposition: attachment; name=\"x\"\r\n\r\na\r\n--b--", head + "a\n--b\r\n--b--", head + "a\r\n--b\n--b--", head + "a\r--b\r\n\r\n--b--\r\r\n--b--",
	}
	for _, s := range list {
		list = append(list, strings.ReplaceAll(s, "\r\n", "\n"))
	}
	for missing := range 12 {
		long := head + strings.Repeat("x", readStep-len(head)-missing)
		list = append(list, long+"\r\n--b--", long+"\r\n--b\r\n\r\nsecond\r\n--b--\r\n", long+"\r\n--c\r\n--b--", long)
	}
	return list
}

// FuzzMultipart: the same parts as mime/multipart finds, however the bytes
// arrive. A body that is cut short within the headers of a part is well formed
// to mime/multipart; here it is not.
func FuzzMultipart(f *testing.F) {
	for _, s := range bodies() {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		want, wantErr := partsOf(multipart.NewReader(bytes.NewReader(data), "b").NextRawPart)
		if wantErr != nil && strings.Contains(wantErr.Error(), "malformed MIME header") && bytes.ContainsFunc(data, unicode.IsControl) {
			return // a control character in a file's name is none of our business
		}
		for name, in := range map[string]io.Reader{
			"at once": bytes.NewReader(data), "in halves": iotest.HalfReader(bytes.NewReader(data)), "with the end": iotest.DataErrReader(bytes.NewReader(data)),
		} {
			got, err := partsOf(newMultipartReader(in, "b").next)
			if errors.Is(err, errMultipart) && !utf8.Valid(data) && strings.HasPrefix(want, got) {
				continue // headers are UTF-8 here
			}
			cut := wantErr == nil && errors.Is(err, io.ErrUnexpectedEOF)
			if got != want || (err == nil) != (wantErr == nil) && !cut {
				t.Fatalf("%s: %.200q: got %.200q, %v, want %.200q, %v", name, data, got, err, want, wantErr)
			}
		}
	})
}

// partsOf writes down the parts up to the first error.
func partsOf[P io.Reader](next func() (P, error)) (string, error) {
	var out strings.Builder
	for {
		p, err := next()
		if err == io.EOF { // wrapped, it means an end before the closing boundary
			return out.String(), nil
		}
		if err != nil {
			return out.String(), err
		}
		name := ""
		switch p := any(p).(type) {
		case *multipart.Part:
			name = fieldName(p.Header.Get("Content-Disposition"))
		case *formPart:
			name = p.name
		}
		body, err := io.ReadAll(p)
		if err != nil {
			return out.String(), err
		}
		fmt.Fprintf(&out, "%q %q\n", name, body)
	}
}

// Headers that are not UTF-8 are malformed, whichever it is.
func TestMultipartHeadersAreUTF8(t *testing.T) {
	for _, header := range []string{
		"Content-Disposition: form-data; name=\"manifest\"; filename=\"\xff.json\"", "Content-Disposition: form-data; name=\"\xc3\x28\"",
		"Content-Disposition: form-data; name=\"x\"\r\nX-Odd: caf\xe9",
	} {
		if _, err := newMultipartReader(strings.NewReader("--b\r\n"+header+"\r\n\r\na\r\n--b--"), "b").next(); !errors.Is(err, errMultipart) {
			t.Errorf("%q: %v", header, err)
		}
	}
}

// A part's headers have a limit of their own.
func TestMultipartHeaderLimit(t *testing.T) {
	body := "--b\r\nX: " + strings.Repeat("x", headerBytes) + "\r\n\r\na\r\n--b--"
	if _, err := newMultipartReader(strings.NewReader(body), "b").next(); !errors.Is(err, errMultipart) {
		t.Errorf("got %v", err)
	}
}

// WriteTo gives what Read gives.
func TestMultipartWriteTo(t *testing.T) {
	text := strings.Repeat("line\r\n--c\r\n", readStep/8)
	m := newMultipartReader(strings.NewReader("--b\r\n\r\n"+text+"\r\n--b--"), "b")
	p, err := m.next()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if n, err := io.Copy(&out, p); err != nil || n != int64(len(text)) || out.String() != text {
		t.Errorf("%d of %d bytes, %v", n, len(text), err)
	}
	if _, err := m.next(); !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
}

func TestFieldName(t *testing.T) {
	for disposition, want := range map[string]string{
		`form-data; name="manifest"`:                        "manifest",
		`form-data; name="a\"b"; filename="x"`:              `a"b`,
		`form-data; name=manifest`:                          "manifest",
		`form-data; name="manifest"; filename="a`:           "manifest",
		`form-data; filename="a;b"; name="manifest"; x=`:    "manifest",
		`FORM-DATA; Name="manifest"; filename=""odd" name"`: "manifest",
		`attachment; name="manifest"`:                       "",
		`attachment; name="manifest"; filename="a`:          "",
		`form-data; filename="name="`:                       "",
		`form-data`:                                         "",
		``:                                                  "",
	} {
		if got := fieldName(disposition); got != want {
			t.Errorf("%s: %q, want %q", disposition, got, want)
		}
	}
}
