// Package dbtimports serves the import API that clients of other catalogs use: dbt artifacts by multipart upload, and
// the state of the import. Its wire format is fixed, attribute by attribute.
//
// Uploads are streamed: each part is written into a blob while it arrives, so memory does not grow with the file.
// Errors that are visible without parsing are answered immediately and leave nothing behind; errors within an
// artifact fail the import later.
package dbtimports
