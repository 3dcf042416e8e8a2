// Package httpapi is our API under /api/v1 and the frame in which the
// compatible APIs run too: request ids, host check, credentials and scopes,
// problem documents, cursors, ETags, OpenAPI.
//
// A request passes edge.go (what holds for every request), router.go (route,
// credentials, scope) and one handler, in the file of its noun. Errors become
// replies in problem.go and nowhere else. The package reads the catalog from
// the store and writes it only through an Editor; it holds no rules of the
// catalog itself.
package httpapi
