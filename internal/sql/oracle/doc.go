// Package oracle holds tests that compare the engine with databases, which know
// best what a statement means. It has no code but tests.
//
// PostgreSQL: a statement becomes a view on empty tables, and the tree that the
// database keeps of the view, with names resolved to table and column numbers,
// records what each output is made of and what decides the rows.
//
// SQLite: a statement runs on small tables, then one column of them is changed;
// whatever moves in the result must be among the edges.
package oracle
