// Package httpserver is the frame in which every HTTP interface of Thalweg runs: request ids, host check,
// credentials and scopes, problem documents, envelopes, cursors, ETags, limits, health checks and the OpenAPI document.
//
// An interface (httpapi, compat/dbtimports) registers its routes on a Server: [Register] for an operation that huma
// decodes, [Server.Handle] for a plain handler. A route names its scope in its declaration; one without a scope is an
// error of [Server.Handler], so the process does not start.
//
// A request passes edge.go (what holds for every request), router.go (route, credentials, scope) and one handler.
// Errors become replies in problem.go and nowhere else. The package knows nothing of the catalog's rules.
package httpserver
