package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// DefaultLimit and MaxLimit bound a page: a Limit of 0 or less reads as the
// default, more than the maximum as the maximum.
const (
	DefaultLimit = 50
	MaxLimit     = 1000
)

// Page asks for one page of a list.
type Page struct {
	Limit int    // rows at most
	After string // Next of the page before; "" for the first
}

// Paged is one page of a list.
type Paged[T any] struct {
	Rows  []T
	Next  string // position of the next page; "" on the last
	Total int64  // rows of the whole list; -1 = not counted
	More  bool   // the list has more rows than Total
}

// mostCounted is up to how many rows a list is counted exactly, where counting reads its rows.
const mostCounted = 10_000

// count counts the rows of a query that begins with FROM, up to mostCounted; more reports whether there are more.
func (d db) count(ctx context.Context, from string, args []any) (n int64, more bool, err error) {
	n, err = one(ctx, d, scalar[int64], `SELECT count(*) FROM (SELECT 1`+from+` LIMIT ?) k`, append(slices.Clone(args), mostCounted+1)...)
	return min(n, mostCounted), n > mostCounted, err
}

func (p Page) limit() int {
	if p.Limit <= 0 {
		return DefaultLimit
	}
	return min(p.Limit, MaxLimit)
}

// after reads the position into dst (pointers to string or int64); false on
// the first page.
func (p Page) after(dst ...any) (bool, error) {
	if p.After == "" {
		return false, nil
	}
	var parts []jsontext.Value
	if err := json.Unmarshal([]byte(p.After), &parts); err != nil || len(parts) != len(dst) {
		return false, fmt.Errorf("page position: %w", catalog.ErrInvalid)
	}
	for i, part := range parts {
		if err := json.Unmarshal(part, dst[i]); err != nil {
			return false, fmt.Errorf("page position: %w", catalog.ErrInvalid)
		}
	}
	return true, nil
}

// Position reads the position after which the page begins into dst (pointers to
// string or int64); false on the first page. catalog.ErrInvalid for one that
// NewPosition did not make of as many values.
func (p Page) Position(dst ...any) (bool, error) { return p.after(dst...) }

// NewPosition makes the position after a row with these sort values.
func NewPosition(values ...any) (string, error) { return position(values...) }

// Size is the number of rows that the page takes.
func (p Page) Size() int { return p.limit() }

// position is the position after a row that has these sort values.
func position(values ...any) (string, error) {
	b, err := json.Marshal(values)
	if err != nil {
		return "", fmt.Errorf("page position: %w", err)
	}
	return string(b), nil
}

// paged cuts rows, read with one more than the limit, to a page.
func paged[T any](rows []T, p Page, total int64, at func(T) []any) (Paged[T], error) {
	out := Paged[T]{Rows: rows, Total: total}
	if n := p.limit(); len(rows) > n {
		next, err := position(at(rows[n-1])...)
		if err != nil {
			return Paged[T]{}, err
		}
		out.Rows, out.Next = rows[:n], next
	}
	return out, nil
}
