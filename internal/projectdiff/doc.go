// Package projectdiff compares two states of a dbt project, as `thalweg diff` shows them: tables, columns and column
// edges that differ, reads of columns that are gone, and what is downstream of it all. It works on projects that
// package lineage traced, and knows neither stores nor the web.
package projectdiff
