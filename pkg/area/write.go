package area

import (
	"crypto/sha256"
	"encoding/csv"
	"io"
	"strings"
)

// Write writes a list in the form that [Read] takes, in the order of the list:
// what is read back is equal.
func Write(w io.Writer, l *List) error { return WriteAreas(w, l.areas) }

// WriteAreas writes areas in the form that [Read] takes and checks; the nation,
// when it is among them, is left out.
func WriteAreas(w io.Writer, areas []Area) error {
	rows := csv.NewWriter(w)
	if err := rows.Write(columns); err != nil {
		return err
	}
	for i := range areas {
		a := &areas[i]
		if a.Code == Nation {
			continue
		}
		if err := rows.Write([]string{string(a.Code), string(parentInFile(a)), a.Level.String(), a.Type, a.Name, a.NameEn}); err != nil {
			return err
		}
	}
	rows.Flush()
	return rows.Error()
}

// parentInFile: the nation does not stand in files.
func parentInFile(a *Area) Code {
	if a.Parent == Nation {
		return ""
	}
	return a.Parent
}

// Sum is the sha256 of all that the list says: the fields of each area but the
// nation, in the order of the list, joined by U+001F, the areas by a line feed,
// neither of which stands in any field. Lists are equal when their sums are,
// whatever their editions are called.
func (l *List) Sum() [sha256.Size]byte { return l.sum() }

func (l *List) digest() [sha256.Size]byte {
	var b strings.Builder
	for i := 1; i < len(l.areas); i++ {
		a := &l.areas[i]
		if i > 1 {
			b.WriteByte('\n')
		}
		for at, field := range [...]string{string(a.Code), string(a.Parent), a.Level.String(), a.Type, a.Name, a.NameEn} {
			if at > 0 {
				b.WriteByte(0x1f)
			}
			b.WriteString(field)
		}
	}
	return sha256.Sum256([]byte(b.String()))
}
