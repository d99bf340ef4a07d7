package area

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed editions/2021.csv
var edition2021 string

var read2021 = sync.OnceValue(func() *List {
	l, err := Read("2021", strings.NewReader(edition2021))
	if err != nil {
		// The file is part of the program and a test reads it.
		panic(err)
	}
	return l
})

// Edition2021 is the list of the areas in force on 23 May 2021: the nation, 63
// provinces, 705 districts and 10,603 communes. It is built once.
func Edition2021() *List { return read2021() }
