package tracker

import "tiendo/pkg/area"

// Reader is for whom a store reads what is internal: notes, and the log with its
// people and reasons. It is what the database itself is told, so that a reader
// gets nothing from elsewhere even by a query that asks for it. The zero Reader
// reads nothing.
type Reader struct {
	places area.Territory
	itself bool
}

// Itself is the program that reckons with what it reads, or shows the part of it
// that is public.
var Itself = Reader{itself: true}

// ReaderIn reads what is internal to some places of the list that the election is
// held over.
func ReaderIn(t area.Territory) Reader { return Reader{places: t} }

// IsItself says that it is the program.
func (r Reader) IsItself() bool { return r.itself }

// Places are those of which what is internal is for the reader.
func (r Reader) Places() area.Territory { return r.places }
