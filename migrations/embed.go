// Package migrations is the schema's history: goose SQL files, carried in the
// binary.
package migrations

import "embed"

// FS holds the migrations in its root.
//
//go:embed *.sql
var FS embed.FS
