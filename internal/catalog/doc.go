// Package catalog holds the types of Thalweg and the rules between them: what
// an asset, a facet, a column, an edge and a change are, how facets found by
// different origins are merged into one asset, and how two states of an asset
// differ.
//
// It is pure: standard library only, no clock, no storage, no HTTP. Everything
// here is a value or a function of values, so that it can be tested with
// properties instead of fixtures.
package catalog
