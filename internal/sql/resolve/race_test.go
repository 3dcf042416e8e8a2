//go:build race

package resolve_test

// raced tells that the race detector makes everything some ten times slower.
const raced = true
