package dbt

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-json-experiment/json/jsontext"
)

// decoderSays is what jsontext thinks of a value without blanks around it.
func decoderSays(v []byte) bool {
	dec := jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	raw, err := dec.ReadValue()
	return err == nil && len(raw) == len(v)
}

// FuzzCanonical: canonical takes for JSON what jsontext takes for it, and writes JSON.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,-0.5e+10,true,false,null,"x\n\u00e4\ud83d\ude00\ud800"],"b":{},"c":[],"a":{"a":1e400,"b":12345678901234567890}}`,
		"{ \"a\" :\t[ 1 ,\r\n2 ] }", `"` + strings.Repeat("ä\\\"", 20) + `"`, "\"\xff\"", `01`, `-`, `1.`, `[1,]`, `{"a":1,}`, `{"a" 1}`, "\"\x01\"", `"\x"`, `"\u12"`, `tru`, `nul`, `{"a":nul}`, `[}`, `1e`, `.5`,
	} {
		f.Add([]byte(s))
	}
	var c canonical
	f.Fuzz(func(t *testing.T, raw []byte) {
		raw = bytes.Trim(raw, " \t\r\n")
		if bytes.Count(raw, []byte("["))+bytes.Count(raw, []byte("{")) > 100 {
			return
		}
		c.read(raw, allMembers)
		if want := decoderSays(raw); c.valid != want {
			t.Fatalf("%q: valid %v, want %v", raw, c.valid, want)
		}
		if c.valid && !decoderSays(c.buf) {
			t.Fatalf("%q became %q", raw, c.buf)
		}
	})
}

type forgetful struct{}

func (forgetful) Node(*Node) error                     { return nil }
func (forgetful) Unchanged(string, string, Hash) error { return nil }
func (forgetful) Parents(string, []string) error       { return nil }
func (forgetful) Doc(*Doc) error                       { return nil }

const broad = `{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "env": {"a": [1, null]}},
 "nodes" : {"model.p.a" :{"resource_type":"model","n":[-1.5e3,true,"\u00e4\"\\"],"x":NaN} , "b":{"c":{}}},"docs": {},
"disabled":[{"unique_id":"c"},{"unique_id":"d","v":[[1],{}]}, {}],"parent_map":{"a":["b","c"],"d":[]},"child_map":{"a":["b"],"e":Infinity},"selectors":null,"other":[1,[2],-Infinity]} `

// TestEveryBrokenByte drops and changes every single byte of a file, puts others before it, and cuts the file
// short there: the reader finds a fault where a decoder of the whole file finds one, and names the same place.
func TestEveryBrokenByte(t *testing.T) {
	if e := diagnose("", []byte(broad), "", 0); e != nil {
		t.Fatal(e)
	}
	for i := range len(broad) {
		sameFault(t, broad[:i])
		sameFault(t, broad[:i]+broad[i+1:])
		for k, c := range "{}[],:\"\\ 0e-.tN\x01\xff" {
			switch (k + i) % 6 {
			case 0:
				sameFault(t, broad[:i]+string(c)+broad[i+1:])
			case 1:
				sameFault(t, broad[:i]+string(c)+broad[i:])
			}
		}
		if t.Failed() {
			return
		}
	}
}

func sameFault(t *testing.T, text string) {
	t.Helper()
	const cut = "the file is truncated"
	want := diagnose("", []byte(text), "", 0)
	var source io.Reader = strings.NewReader(text)
	if len(text)%4 == 0 {
		source = iotest.OneByteReader(source)
	}
	_, _, err := ReadManifest(context.Background(), source, ManifestOptions{Decoders: 1}, forgetful{})
	var got *Error
	errors.As(err, &got)
	broken := got != nil && (strings.HasPrefix(got.Detail, "the JSON is broken") || got.Detail == cut)
	if want == nil && broken || want != nil && err == nil ||
		broken && (got.Offset != want.Offset || want.Pointer != "" && got.Pointer != want.Pointer || (got.Detail == cut) != (want.Detail == cut)) {
		t.Errorf("got %v, want %v in %q", err, want, text)
	}
}
