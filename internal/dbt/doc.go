// Package dbt reads the artifacts that dbt writes (manifest, catalog, run results, source freshness,
// semantic manifest) as streams, whatever version of dbt wrote them.
//
// A reader walks the top level of the file and holds one node at a time; memory does not grow with the
// file. It hashes each node without the fields that change on every run, so that a caller who knows the
// hash never pays for decoding it again. Whatever is odd but readable becomes an [Issue]; only what makes
// the file unusable becomes an [Error], and then nothing of it may be kept.
package dbt
