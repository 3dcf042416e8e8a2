// Package lineage connects dbt with the SQL engine: it knows which dialect an
// adapter speaks, which table of the catalog a name in compiled SQL means, what
// a table's columns are, in which order models have to be read, and what of an
// earlier reading is still valid.
//
// A Tracer reads the compiled SQL of models into Blocks, one for each model; a
// Block holds the column edges into that model and encodes to a few hundred
// bytes. A ColumnGraph is made of all the blocks of one state and answers
// questions about any column, upstream and downstream.
//
// The package does not use the store: tables are numbers, and a Store provides
// what a tracer needs.
package lineage

// EngineVersion is part of every key: after a change of the engine that can
// change edges, everything is traced again.
const EngineVersion = "8"
