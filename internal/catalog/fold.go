package catalog

import (
	"unicode"
	"unicode/utf8"
)

// Fold is what a warehouse does to the case of a name that is not quoted.
type Fold uint8

// The folds.
const (
	FoldLower Fold = iota // most warehouses, and every unknown one
	FoldUpper             // snowflake, oracle
	FoldKeep              // names differ by case: bigquery, clickhouse, sqlserver, fabric, synapse
)

// FoldOf returns the fold of the relations of a platform (dbt's adapter type,
// lower case). The set of adapters is open: an unknown one folds to lower case.
func FoldOf(platform string) Fold {
	switch platform {
	case "snowflake", "oracle":
		return FoldUpper
	case "bigquery", "clickhouse", "sqlserver", "fabric", "synapse":
		return FoldKeep
	}
	return FoldLower
}

// quotesExact reports whether a quoted name keeps its case on a platform. dbt
// quotes always on the others too, where the engine folds all the same.
func quotesExact(platform string) bool {
	switch platform {
	case "snowflake", "oracle", "postgres":
		return true
	}
	return false
}

// FoldColumn folds the name of a column for the join that is tried after the
// exact one. Columns fold on bigquery and the SQL Server family too, where
// relations do not; only clickhouse distinguishes columns by case alone.
func FoldColumn(platform, name string) string {
	switch {
	case platform == "clickhouse":
		return name
	case FoldOf(platform) == FoldUpper:
		return FoldUpper.Apply(name)
	}
	return FoldLower.Apply(name)
}

// Apply folds a name rune by rune, by Unicode's simple case mapping. Names
// that merely look alike (full-width letters, ligatures) stay apart, and bytes
// that are not UTF-8 stay as they are.
func (f Fold) Apply(name string) string {
	switch f {
	case FoldUpper:
		return mapRunes(name, unicode.ToUpper)
	case FoldLower:
		return mapRunes(name, unicode.ToLower)
	}
	return name
}

// mapRunes is strings.Map, but keeps invalid bytes.
func mapRunes(s string, mapping func(rune) rune) string {
	for i, r := range s {
		if mapping(r) != r {
			return string(appendMapped([]byte(s[:i]), s[i:], mapping))
		}
	}
	return s
}

func appendMapped(b []byte, s string, mapping func(rune) rune) []byte {
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size <= 1 {
			b = append(b, s[:size]...)
		} else {
			b = utf8.AppendRune(b, mapping(r))
		}
		s = s[size:]
	}
	return b
}
