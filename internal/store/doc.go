// Package store keeps the catalog: schemas and their versions, assets, facets,
// edges, tests, imports, jobs and schedules, runs and keys.
//
// The queries are here, in the SQL that SQLite and PostgreSQL share; the
// packages sqlite and postgres open a Store over their engine. Every table
// begins with a workspace id and so does every query.
//
// Rows of the catalog are versioned: valid_from and valid_to are numbers of
// their schema's versions, and a read at version v takes the rows with
// valid_from <= v and valid_to > v. A Write adds the rows of the next version
// in short transactions; they stay invisible until Flip sets the schema's
// version. Times are stored as microseconds UTC and read back in UTC.
//
// A + before a column keeps SQLite from an index by it. It has no statistics
// and considers valid_from, valid_to and schema_id, which most rows share, as
// selective as a key: a lookup would then walk all rows of the schema.
//
// Errors: what does not exist is catalog.ErrNotFound, a write under a lost
// lease is catalog.ErrFenced, a full disk is catalog.ErrNoSpace, a page
// position that the store did not make is catalog.ErrInvalid.
package store
