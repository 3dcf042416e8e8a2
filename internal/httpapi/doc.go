// Package httpapi is our API under /api/v1, one file per resource, in the frame of httpserver. It reads the catalog
// through readmodel and changes it only through an Editor; it holds no rules of the catalog itself.
package httpapi
