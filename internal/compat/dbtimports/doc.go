// Package dbtimports serves the import API that other catalogs' clients speak:
// artifacts of dbt by multipart upload, and the state of the import. Its shape
// on the wire is fixed, attribute by attribute.
//
// An upload streams: each part goes straight into a blob while it arrives, so
// memory does not grow with the file. What can be known without parsing is
// answered at once and leaves nothing behind; what needs parsing becomes the
// import's own failure, later.
package dbtimports
