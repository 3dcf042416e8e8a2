package store

// DefaultLimit and MaxLimit bound a page: a Limit of 0 reads as the default,
// more than the maximum as the maximum.
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
}
