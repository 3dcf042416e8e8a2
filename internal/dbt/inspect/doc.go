// Package inspect counts what dbt artifacts hold, as `thalweg inspect` prints it, without deciding what of it to keep:
// models, edges, columns, results, and what is odd about a file. The names of the counts are published and stay.
package inspect
