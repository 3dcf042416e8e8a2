package httpserver

import (
	"bytes"
	"net/url"
	"testing"

	"pgregory.net/rapid"
)

var testKey = bytes.Repeat([]byte("k"), 32)

// A cursor gives its position for its own workspace and filter, and for no
// other.
func TestCursorIsBound(t *testing.T) {
	c, other := NewCursors(testKey), NewCursors(bytes.Repeat([]byte("x"), 32))
	rapid.Check(t, func(t *rapid.T) {
		ws, filter, position := rapid.Int64().Draw(t, "ws"), rapid.String().Draw(t, "filter"), rapid.String().Draw(t, "position")
		cursor := c.Sign(ws, filter, position)
		if got, err := c.Position(ws, filter, cursor); err != nil || got != position {
			t.Fatalf("%q: %q, %v", cursor, got, err)
		}
		if _, err := c.Position(ws+1, filter, cursor); err == nil {
			t.Fatal("taken for another workspace")
		}
		if _, err := c.Position(ws, filter+"x", cursor); err == nil {
			t.Fatal("taken for another filter")
		}
		// Filter and position are told apart, not merely joined.
		if position != "" {
			if _, err := c.Position(ws, filter+position[:1], c.Sign(ws, filter, position)); err == nil {
				t.Fatal("taken where the position's start moved into the filter")
			}
		}
		if _, err := other.Position(ws, filter, cursor); err == nil {
			t.Fatal("taken by another installation")
		}
	})
}

func FuzzCursor(f *testing.F) {
	c := NewCursors(testKey)
	f.Add(c.Sign(1, "/x?", `["a",1]`))
	f.Add("")
	f.Add("AAAA")
	signed := c.Sign(1, "/x?", `["a",1]`)
	for _, odd := range []string{"\n", "\r\n", " ", "=", "\x00", "\t"} {
		f.Add(signed + odd)
		f.Add(odd + signed)
		f.Add(signed[:8] + odd + signed[8:])
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		if position, err := c.Position(1, "/x?", cursor); err == nil && c.Sign(1, "/x?", position) != cursor {
			t.Errorf("%q is taken, and is not what is signed", cursor)
		}
	})
}

func TestNext(t *testing.T) {
	c := NewCursors(testKey)
	u, err := url.Parse("/api/v1/assets?limit=2&tag=a+b&cursor=old")
	if err != nil {
		t.Fatal(err)
	}
	if c.Next(u, 1, "") != nil {
		t.Error("a next page after the last")
	}
	next, err := url.Parse(*c.Next(u, 1, "here"))
	if err != nil {
		t.Fatal(err)
	}
	if next.Query().Get("tag") != "a b" || next.Query().Get("limit") != "2" || Filter(next) != Filter(u) {
		t.Errorf("next %s", next)
	}
	if got, err := c.Position(1, Filter(next), next.Query().Get("cursor")); err != nil || got != "here" {
		t.Errorf("%q, %v", got, err)
	}
}
