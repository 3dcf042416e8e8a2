// Package inspect counts the contents of dbt artifacts, as `thalweg inspect` prints them, without deciding what to
// keep: models, edges, columns, results, and what is odd about a file. The names of the counts are published and do
// not change.
package inspect
