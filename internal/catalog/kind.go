package catalog

import "strings"

// Kind classifies an asset. The four kinds of dbt tables and what a crawl
// finds are tables; the others have pages of their own.
type Kind string

// The kinds of assets.
const (
	KindModel         Kind = "model"
	KindSeed          Kind = "seed"
	KindSnapshot      Kind = "snapshot"
	KindSource        Kind = "source"
	KindTable         Kind = "table" // found by a crawl, unknown to dbt
	KindView          Kind = "view"  // likewise
	KindExposure      Kind = "exposure"
	KindMetric        Kind = "metric"
	KindSemanticModel Kind = "semantic_model"
	KindSavedQuery    Kind = "saved_query"
	KindUnitTest      Kind = "unit_test"
	KindFunction      Kind = "function"
	KindMacro         Kind = "macro"
	KindDoc           Kind = "doc" // a docs block
	KindGroup         Kind = "group"
	KindAnalysis      Kind = "analysis"
	KindOperation     Kind = "operation"
)

var prefixes = map[Kind]string{
	KindExposure: "EXP", KindMetric: "MET", KindSemanticModel: "SEM", KindSavedQuery: "SAQ",
	KindUnitTest: "UNT", KindFunction: "FUN", KindMacro: "MAC", KindDoc: "DOC", KindGroup: "GRP",
	KindAnalysis: "ANA", KindOperation: "OPN",
}

// Prefix is the prefix of the ids of this kind: TBL for every table.
func (k Kind) Prefix() string {
	if p, ok := prefixes[k]; ok {
		return p
	}
	return PrefixTable
}

// IsTable reports whether the kind is a table, which the counters of an import count.
func (k Kind) IsTable() bool {
	switch k {
	case KindModel, KindSeed, KindSnapshot, KindSource, KindTable, KindView:
		return true
	}
	return false
}

// OnRequest reports whether lists have assets of the kind only where they are asked for: a project has hundreds of
// macros, most of them of dbt itself.
func (k Kind) OnRequest() bool { return k == KindOperation || !k.InGraph() }

// InGraph reports whether assets of the kind are nodes of dbt's graph. Macros and docs blocks are not: where they are
// used is stated apart (DBT.Macros, DBT.DocBlocks).
func (k Kind) InGraph() bool { return k != KindMacro && k != KindDoc }

// Materialization returns how something of this kind is made, as dbt says: only tables are made. dbt gives analyses,
// operations and the like a default, which means nothing.
func (k Kind) Materialization(as string) string {
	if !k.IsTable() {
		return ""
	}
	return as
}

// rank orders the kinds that may describe one relation: the model takes
// precedence over the source, dbt over the crawl.
func (k Kind) rank() int {
	switch k {
	case KindModel:
		return 0
	case KindSnapshot:
		return 1
	case KindSeed:
		return 2
	case KindSource:
		return 3
	}
	return 4
}

// referenceRank is that of a node that a project only refers to.
var referenceRank = KindSource.rank() + 1

// KindOfNode is the kind that leads a dbt unique_id ("model.shop.orders"), else
// the one given.
func KindOfNode(uniqueID string, otherwise Kind) Kind {
	head, _, _ := strings.Cut(uniqueID, ".")
	switch k := Kind(head); k {
	case KindModel, KindSeed, KindSnapshot, KindSource:
		return k
	}
	return otherwise
}
