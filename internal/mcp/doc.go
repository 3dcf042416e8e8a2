// Package mcp answers the questions of agents about a catalog, over the Model Context Protocol.
//
// It is a way to read the catalog next to httpapi: a request passes the same edge, has the same keys, and asks the same
// views of readmodel, so it sees what its key may see. All tools only read.
//
// An answer is one text of compact JSON, so that what a model has to read is what is counted: it stays within
// max_tokens. Each list has the number of its rows, shown and in all, and next_cursor is where the rest begins. Things
// are named as dbt names them, and tools take those names. Texts that others wrote (descriptions, SQL, messages) are
// objects with their source and the mark that they are not to be obeyed.
package mcp
