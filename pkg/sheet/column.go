// Package sheet says what tables that people keep in Excel look like: which
// columns they have, what a cell is called and how it is written. What is
// exported and what is imported meet here, so that a table that went out comes
// back as it was. It reads and writes no files.
package sheet

import (
	"slices"

	"tiendo/pkg/fault"
	"tiendo/pkg/find"
)

// Kind is what the cells of a column hold.
type Kind uint8

// The kinds.
const (
	// Word is any text; Code is one that must not be taken for a number.
	Word Kind = iota
	Code
	// Day is a date: a real one in .xlsx, ISO 8601 in .csv.
	Day
	Number
)

// Use is what a column is there for.
type Use uint8

// The uses.
const (
	// Names says which row it is; Says is what can be told by it; Shows is there
	// to be read and is passed over when the table comes back.
	Names Use = iota
	Says
	Shows
)

// Column is one column of a table.
type Column struct {
	// Key is its name for machines: snake case, the same in all languages.
	Key   string
	Title fault.Text
	Kind  Kind
	Use   Use
	// Width in characters.
	Width float64
	// Internal: only for who may read what is internal in that place.
	Internal bool
}

// Columns are those of a table, in order.
type Columns []Column

// Find knows a column by its key or by its title in either language, however
// it is spelt; -1 for a header that is none of them.
func (c Columns) Find(header string) int {
	folded := find.Fold(header)
	return slices.IndexFunc(c, func(x Column) bool {
		return header == x.Key || folded == find.Fold(x.Key) || folded == find.Fold(x.Title.Vi) || folded == find.Fold(x.Title.En)
	})
}

// At is the place of a column by its key; -1 when the table has none.
func (c Columns) At(key string) int {
	return slices.IndexFunc(c, func(x Column) bool { return x.Key == key })
}
