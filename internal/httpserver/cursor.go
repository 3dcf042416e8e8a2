package httpserver

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// Cursors signs positions in lists. A cursor is valid for one list with one filter in one workspace, and cannot be
// forged.
type Cursors struct{ key []byte }

// macLength is half a sha256: 128 bits.
const macLength = 16

// cursorSetting is the name under which the secret is stored.
const cursorSetting = "cursor-secret"

// NewCursors returns Cursors with a secret of at least 32 bytes.
func NewCursors(key []byte) *Cursors { return &Cursors{key: key} }

// Secrets keeps secrets of the installation; *store.Store does.
type Secrets interface {
	// EnsureSetting returns the value of a setting, which it sets to fresh if there
	// is none.
	EnsureSetting(ctx context.Context, name string, fresh []byte) ([]byte, error)
}

// LoadCursors reads the installation's secret from its store, which it creates at the first start.
func LoadCursors(ctx context.Context, s Secrets, random io.Reader) (*Cursors, error) {
	fresh := make([]byte, 32)
	if _, err := io.ReadFull(random, fresh); err != nil {
		return nil, fmt.Errorf("cursor secret: %w", err)
	}
	key, err := s.EnsureSetting(ctx, cursorSetting, fresh)
	if err != nil {
		return nil, fmt.Errorf("cursor secret: %w", err)
	}
	return NewCursors(key), nil
}

// Sign returns the cursor of a position.
func (c *Cursors) Sign(ws int64, filter, position string) string {
	return base64.RawURLEncoding.EncodeToString(append(c.mac(ws, filter, position), position...))
}

// Position returns the position of a cursor; the error is a Problem if the cursor does not belong to this list.
func (c *Cursors) Position(ws int64, filter, cursor string) (string, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(raw) < macLength || strings.ContainsAny(cursor, "\r\n") { // which the decoder skips
		return "", InvalidCursor()
	}
	position := string(raw[macLength:])
	if !hmac.Equal(raw[:macLength], c.mac(ws, filter, position)) {
		return "", InvalidCursor()
	}
	return position, nil
}

func (c *Cursors) mac(ws int64, filter, position string) []byte {
	h := hmac.New(sha256.New, c.key)
	var numbers [16]byte
	binary.BigEndian.PutUint64(numbers[:8], uint64(ws))
	binary.BigEndian.PutUint64(numbers[8:], uint64(len(filter)))
	h.Write(numbers[:])
	io.WriteString(h, filter) //nolint:errcheck // hashes never fail
	_, _ = io.WriteString(h, position)
	return h.Sum(nil)[:macLength]
}

// InvalidCursor returns the reply to a cursor that was made for another list.
func InvalidCursor() *Problem {
	return NewProblem(CodeInvalidCursor, "This cursor does not belong to this list. Start again without it.")
}

// Filter returns the part of a list's address that its cursors are bound to: everything except cursor, limit and
// breakdown, which counts the rows but does not choose them.
func Filter(u *url.URL) string {
	q := u.Query()
	q.Del("cursor")
	q.Del("limit")
	q.Del("breakdown")
	return u.Path + "?" + q.Encode()
}

// Next returns the address of the next page, nil if there is none.
func (c *Cursors) Next(u *url.URL, ws int64, position string) *string {
	if position == "" {
		return nil
	}
	q := u.Query()
	q.Set("cursor", c.Sign(ws, Filter(u), position))
	next := u.EscapedPath() + "?" + q.Encode()
	return &next
}
