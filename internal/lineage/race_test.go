//go:build race

package lineage

// raced reports that the race detector makes everything some ten times slower.
const raced = true
