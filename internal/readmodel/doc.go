// Package readmodel is the one way to read a catalog. A Model makes a View of one
// version of one schema for one principal; a View answers in domain types what
// HTTP, search and exports render. Visibility is checked where a View is made and
// nowhere else.
//
// What a View reads by id comes from the store. What it walks (names, labels,
// graphs, tests) is held in memory as parts of the version's state, see parts.go;
// the parts of the next version are derived from those of the last one.
package readmodel
