package lineage

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// drawBlock draws any block that a tracer could make, odd names included.
func drawBlock(t *rapid.T) *Block {
	word := rapid.OneOf(rapid.SampledFrom([]string{"", "id", "ID", "price_£", "a.b", "x\x00y", "\xff"}), rapid.String())
	kinds := rapid.Map(rapid.Uint32Range(0, 1<<17-1), func(n uint32) resolve.KindSet { return resolve.KindSet(n) })
	confidence := rapid.Map(rapid.IntRange(0, int(resolve.Failed)), func(n int) resolve.Confidence { return resolve.Confidence(n) })
	b := &Block{Status: Status(rapid.IntRange(0, len(statusNames)-1).Draw(t, "status")), Dialect: word.Draw(t, "dialect")}
	for range rapid.IntRange(0, 4).Draw(t, "refs") {
		if rapid.Bool().Draw(t, "known") {
			id := rapid.Int64().Filter(func(n int64) bool { return n != 0 }).Draw(t, "table")
			b.Refs = append(b.Refs, Ref{Table: id})
		} else {
			b.Refs = append(b.Refs, Ref{Name: word.Draw(t, "name"), Key: word.Draw(t, "key")})
		}
	}
	ref := rapid.Int32Range(0, int32(max(0, len(b.Refs)-1)))
	for range rapid.IntRange(0, 6).Draw(t, "outputs") {
		start := rapid.Int32Range(0, 1<<30-1).Draw(t, "start")
		o := Output{
			Name: word.Draw(t, "output"), Star: rapid.Bool().Draw(t, "star"), Masked: rapid.Bool().Draw(t, "masked"), Gap: rapid.Bool().Draw(t, "gap"),
			Span: token.Span{Start: start, End: start + rapid.Int32Range(0, 1<<30).Draw(t, "length")},
		}
		for range rapid.IntRange(0, min(3, len(b.Refs)*3)).Draw(t, "edges") {
			o.Edges = append(o.Edges, Edge{
				Ref: ref.Draw(t, "ref"), Column: word.Draw(t, "column"), Path: word.Draw(t, "path"),
				Kinds: kinds.Draw(t, "kinds"), Confidence: confidence.Draw(t, "confidence"), Masked: rapid.Bool().Draw(t, "edge masked"),
			})
		}
		b.Outputs = append(b.Outputs, o)
	}
	for range rapid.IntRange(0, min(3, len(b.Refs)*3)).Draw(t, "rows") {
		b.Rows = append(b.Rows, Use{Ref: ref.Draw(t, "ref"), Column: word.Draw(t, "column"), Kinds: kinds.Draw(t, "kinds"), Confidence: confidence.Draw(t, "confidence")})
	}
	for range rapid.IntRange(0, 3).Draw(t, "issues") {
		b.Issues = append(b.Issues, Issue{
			Code: word.Draw(t, "code"), Message: word.Draw(t, "message"),
			Line: rapid.IntRange(0, 1<<20).Draw(t, "line"), Column: rapid.IntRange(0, 1<<20).Draw(t, "place"),
		})
	}
	return b
}

func TestBlockRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBlock(t)
		data := b.Encode()
		back, err := Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(b, back); diff != "" {
			t.Fatalf("decoded is another block (-want +got):\n%s", diff)
		}
		if string(back.Encode()) != string(data) {
			t.Fatal("equal blocks encode differently")
		}
		outputs, err := DecodeOutputs(data)
		for i := range back.Outputs {
			back.Outputs[i].Edges = nil
		}
		if diff := cmp.Diff(back.Outputs, outputs.Outputs); err != nil || diff != "" {
			t.Fatalf("outputs alone: %v (-want +got):\n%s", err, diff)
		}
	})
}

// Every byte that is missing at the end makes the block invalid.
func TestBlockCutShort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := drawBlock(t).Encode()
		cut := rapid.IntRange(0, len(data)-1).Draw(t, "cut")
		if _, err := Decode(data[:cut]); !errors.Is(err, catalog.ErrInvalid) {
			t.Fatalf("%d of %d bytes: error %v", cut, len(data), err)
		}
	})
}

// forged makes the bytes of a block without texts, from the dialect's number on.
func forged(status byte, texts []string, body ...uint64) []byte {
	out := binary.AppendUvarint([]byte{blockFormat, status}, uint64(len(texts)))
	for _, s := range texts {
		out = append(binary.AppendUvarint(out, uint64(len(s))), s...)
	}
	for _, n := range body {
		out = binary.AppendUvarint(out, n)
	}
	return out
}

func TestBlockForeignBytes(t *testing.T) {
	text := []string{"x"}
	tests := []struct {
		name, reason string
		data         []byte
	}{
		{"nothing", "an unexpected end", nil},
		{"another version", "an unknown format", append([]byte{blockFormat + 1}, forged(0, text, 0, 0, 0, 0, 0)[1:]...)},
		{"a status to come", "an unknown status", forged(byte(len(statusNames)), text, 0, 0, 0, 0, 0)},
		{"more texts than bytes", "a count beyond the end", []byte{blockFormat, 0, 200, 1}},
		{"a text beyond the list", "a reference to a missing text", forged(0, text, 1, 0, 0, 0, 0)},
		{"a number of eleven bytes", "a number that is too large", append(forged(0, text), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1)},
		{"more outputs than bytes", "a count beyond the end", forged(0, text, 0, 0, 1<<40)},
		{"unknown flags", "unknown flags", forged(0, text, 0, 0, 1 /* output */, 0, 8, 0, 0, 0, 0, 0)},
		{"a span before the code", "a span outside the code", forged(0, text, 0, 0, 1, 0, 0, 1 /* -1 */, 0, 0, 0, 0)},
		{"a span that ends before it starts", "a span outside the code", forged(0, text, 0, 0, 1, 0, 0, 8, 1, 0, 0, 0)},
		{"a span of 4 GB", "a span outside the code", forged(0, text, 0, 0, 1, 0, 0, 0, 1<<33, 0, 0, 0)},
		{"an edge to no table", "a reference to a missing table", forged(0, text, 0, 0, 1, 0, 0, 0, 0, 1 /* edge */, 0, 0, 0, 1, 0, 0, 0)},
		{"kinds of 33 bits", "unknown kinds", forged(0, text, 0, 1, 2, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1<<32, 0, 0, 0)},
		{"a confidence to come", "an unknown confidence", forged(0, text, 0, 1, 2, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 7, 0, 0)},
		{"an issue at line 2³²", "a position outside the code", forged(0, text, 0, 0, 0, 0, 1, 0, 0, 1<<32, 0)},
		{"bytes after the end", "bytes after the end", append(forged(0, text, 0, 0, 0, 0, 0), 0)},
	}
	for _, tt := range tests {
		b, err := Decode(tt.data)
		if b != nil || !errors.Is(err, catalog.ErrInvalid) || !strings.Contains(err.Error(), tt.reason) {
			t.Errorf("%s: %v, error %v, want %q", tt.name, b, err, tt.reason)
		}
	}
	if _, err := Decode(forged(0, text, 0, 0, 0, 0, 0)); err != nil {
		t.Errorf("the bytes that the cases spoil are bad themselves: %v", err)
	}
}

// What Decode takes is a block that goes out and in again unchanged, and it
// never takes much more memory than it has bytes.
func FuzzDecode(f *testing.F) {
	f.Add([]byte{})
	f.Add(forged(0, []string{"x"}, 0, 0, 0, 0, 0))
	f.Add((&Block{Status: NotCompiled, Dialect: "postgres", Issues: []Issue{{Code: IssueNotCompiled, Message: "m"}}}).Encode())
	w := newWorld("postgres")
	w.source("orders", "id", "amount")
	w.model("totals", "select id, sum(amount) as total, md5(id::text) from db.s.orders o join elsewhere e using (id) where e.x group by 1", "orders")
	f.Add(w.trace(f)["totals"].Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := Decode(data)
		if err != nil {
			if !errors.Is(err, catalog.ErrInvalid) {
				t.Fatalf("error %v", err)
			}
			return
		}
		if len(b.Outputs)+len(b.Rows)+len(b.Issues)+len(b.Refs)+b.EdgeCount() > len(data) {
			t.Fatalf("%d bytes became %d outputs, %d rows", len(data), len(b.Outputs), len(b.Rows))
		}
		back, err := Decode(b.Encode())
		if err != nil {
			t.Fatalf("what was decoded does not decode again: %v", err)
		}
		if diff := cmp.Diff(b, back); diff != "" {
			t.Fatalf("changed on its way (-want +got):\n%s", diff)
		}
	})
}

func TestBlockColumns(t *testing.T) {
	o := func(name string) Output { return Output{Name: name} }
	tests := []struct {
		name  string
		block Block
		want  Columns
	}{
		{"read", Block{Outputs: []Output{o("a"), o("b")}}, full("a", "b")},
		{"partial, all outputs known", Block{Status: Partial, Outputs: []Output{o("a"), {Name: "b", Gap: true}}}, full("a", "b")},
		{"a star left over", Block{Status: Partial, Outputs: []Output{o("a"), {Name: "*", Star: true}}}, part("a")},
		{"failed", Block{Status: Failed, Outputs: []Output{o("a")}}, Columns{}},
		{"not compiled", Block{Status: NotCompiled}, Columns{}},
		{"python", Block{Status: NotSQL, Outputs: []Output{o("a")}}, part("a")},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want.List(), tt.block.Columns().List()); diff != "" || tt.want.Full != tt.block.Columns().Full {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestStatusNames(t *testing.T) {
	for status, want := range map[Status]string{
		Read: "read", Partial: "partial", Failed: "failed", NotCompiled: "not_compiled", NotSQL: "not_sql", NotSQL + 1: "unknown",
	} {
		if status.String() != want {
			t.Errorf("status %d is called %q, want %q", status, status, want)
		}
	}
}
