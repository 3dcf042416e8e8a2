// Package web is the web UI: its source, and in dist what Vite makes of it.
package web

import (
	"embed"
	"io/fs"
)

// dist has a .gitignore alone until `make ui` has built the UI, so that Go compiles without Node.
//
//go:embed all:dist
var dist embed.FS

// Files returns the built UI: index.html and the folder static. It is without index.html if the UI was not built.
func Files() (fs.FS, error) { return fs.Sub(dist, "dist") }
