package dbt_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// members splits a JSON object without a decoder's help, keeping the order.
func members(t testing.TB, raw []byte) (names []string, values map[string]json.RawMessage) {
	t.Helper()
	if err := json.Unmarshal(raw, &values); err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name.(string))
		var skip json.RawMessage
		if err := dec.Decode(&skip); err != nil {
			t.Fatal(err)
		}
	}
	return names, values
}

// read returns what a manifest holds, without its order.
func read(t testing.TB, raw []byte, opt dbt.ManifestOptions) *recorder {
	t.Helper()
	r := &recorder{}
	if _, issues, err := dbt.ReadManifest(context.Background(), bytes.NewReader(raw), opt, r); err != nil || len(issues) > 0 {
		t.Fatalf("%v, issues %+v", err, issues)
	}
	slices.SortFunc(r.nodes, func(a, b *dbt.Node) int { return strings.Compare(a.Section+a.UniqueID, b.Section+b.UniqueID) })
	return r
}

// TestAnyOrderAndLayout: the order of the sections, blanks, a byte order mark, gzip and how the bytes arrive
// change nothing of what is read, hashes included.
func TestAnyOrderAndLayout(t *testing.T) {
	raw := small.manifest(t)
	want := read(t, raw, dbt.ManifestOptions{})
	names, values := members(t, raw)
	rapid.Check(t, func(rt *rapid.T) {
		order := rapid.Permutation(names).Draw(rt, "order")
		var b bytes.Buffer
		b.WriteByte('{')
		for i, name := range order {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "%q:%s", name, values[name])
		}
		b.WriteByte('}')
		text := b.Bytes()
		if rapid.Bool().Draw(rt, "pretty") {
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, text, "", rapid.SampledFrom([]string{"  ", "\t", "\r\n"}).Draw(rt, "indent")); err != nil {
				rt.Fatal(err)
			}
			text = pretty.Bytes()
		}
		if rapid.Bool().Draw(rt, "mark") {
			text = append([]byte("\xef\xbb\xbf"), text...)
		}
		if members := rapid.IntRange(0, 3).Draw(rt, "gzip members"); members > 0 {
			text = gzipMembers(rt, text, members)
		}
		r := &recorder{}
		chunk := rapid.SampledFrom([]int{1, 7, 4096, 1 << 20}).Draw(rt, "chunk")
		if _, issues, err := dbt.ReadManifest(context.Background(), &chunked{text, chunk}, dbt.ManifestOptions{Decoders: rapid.IntRange(1, 3).Draw(rt, "decoders")}, r); err != nil || len(issues) > 0 {
			rt.Fatalf("%v, issues %+v", err, issues)
		}
		slices.SortFunc(r.nodes, func(a, b *dbt.Node) int { return strings.Compare(a.Section+a.UniqueID, b.Section+b.UniqueID) })
		if diff := cmp.Diff(want.nodes, r.nodes); diff != "" {
			rt.Fatalf("nodes: -want +got\n%s", diff)
		}
		if diff := cmp.Diff(want.parents, r.parents); diff != "" {
			rt.Fatalf("parents: -want +got\n%s", diff)
		}
	})
}

// chunked gives out n bytes at a time.
type chunked struct {
	rest []byte
	n    int
}

func (c *chunked) Read(p []byte) (int, error) {
	n := copy(p[:min(len(p), c.n)], c.rest)
	c.rest = c.rest[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func gzipMembers(rt *rapid.T, text []byte, n int) []byte {
	var b bytes.Buffer
	for i := range n {
		from, to := i*len(text)/n, (i+1)*len(text)/n
		w := gzip.NewWriter(&b)
		if _, err := w.Write(text[from:to]); err != nil {
			rt.Fatal(err)
		}
		if err := w.Close(); err != nil {
			rt.Fatal(err)
		}
	}
	return b.Bytes()
}

// TestUnchanged: what Known knows arrives as unchanged and nothing else does.
func TestUnchanged(t *testing.T) {
	raw := small.manifest(t)
	first := read(t, raw, dbt.ManifestOptions{})
	known := map[string]dbt.Hash{}
	for _, n := range first.nodes {
		known[n.UniqueID] = n.Hash
	}
	opt := dbt.ManifestOptions{IsUnchanged: func(id string, h dbt.Hash) bool { return known[id] == h }}

	same := read(t, raw, opt)
	if len(same.nodes) != 0 || len(same.unchanged) != len(first.nodes) {
		t.Errorf("same file: %d nodes, %d unchanged, want 0 and %d", len(same.nodes), len(same.unchanged), len(first.nodes))
	}
	later := bytes.ReplaceAll(raw, []byte(`"created_at":17`), []byte(`"created_at":18`))
	if r := read(t, later, opt); len(r.nodes) != 0 {
		t.Errorf("created later: %d nodes are changed", len(r.nodes))
	}
	withoutNulls := bytes.ReplaceAll(raw, []byte(`"build_path":null,`), nil)
	withoutNulls = bytes.ReplaceAll(withoutNulls, []byte(`"data_type":null,`), nil)
	if r := read(t, withoutNulls, opt); len(r.nodes) != 0 {
		t.Errorf("nulls left out: %d nodes are changed", len(r.nodes))
	}
	edited := bytes.Replace(raw, []byte("Model 3 of the shop"), []byte("Model 3 of the bar"), 1)
	if r := read(t, edited, opt); len(r.nodes) != 1 || r.nodes[0].UniqueID != "model.shop.model_3" {
		t.Errorf("one text edited: %d nodes are changed", len(r.nodes))
	}
	macro := bytes.Replace(raw, []byte("select 1 -- "), []byte("select 2 -- "), 1)
	if r := read(t, macro, opt); len(r.nodes) != 0 {
		t.Errorf("text of a macro edited: %d nodes are changed", len(r.nodes))
	}
	opt.Texts = true
	if r := read(t, macro, opt); len(r.nodes) != small.macros+1 || r.count("doc") != 1 || !strings.Contains(r.nodes[1].Macro.Text, "select") {
		t.Errorf("with the texts: %d nodes are changed", len(r.nodes))
	}
}
