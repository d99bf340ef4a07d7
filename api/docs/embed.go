// Package docs carries the papers of the product inside the binary, so that a
// problem document can point at its explanation and a reader without a network
// can follow it.
package docs

import "embed"

// FS holds the papers (*.md) in its root and their pictures below img.
//
//go:embed *.md *.css all:img
var FS embed.FS
