// Package frontend carries the built page inside the binary.
//
// The page is built by `make build` (or `npm run build` in this folder) into dist/. A checkout on which that has not
// happened yet still compiles: dist/ then holds nothing but a placeholder, and [Built] says so.
package frontend

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var files embed.FS

// Dist returns the built page: index.html at its root, everything it needs below. Before the page has been built it
// holds no index.html.
func Dist() fs.FS {
	dist, err := fs.Sub(files, "dist")
	if err != nil {
		// Not reachable: the directive above does not compile without the folder.
		panic("frontend: the embedded folder has no dist: " + err.Error())
	}
	return dist
}

// Built tells whether the page has been built into this binary.
func Built() bool {
	_, err := fs.Stat(Dist(), "index.html")
	return err == nil
}
