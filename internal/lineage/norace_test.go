//go:build !race

package lineage

const raced = false
