package fault

import (
	"fmt"
	"strings"
)

// File keeps the first fault of a file that is read as a whole or not at all.
// Whoever reads it goes on after a fault only far enough to return.
type File struct {
	Name string // of the file that is being read
	code string
	err  error
}

// InFile is a file whose fault has this code: "rulebook-broken".
func InFile(code, name string) File { return File{Name: name, code: code} }

// Err is the first fault; Invalid, at the place in the file.
func (f *File) Err() error { return f.err }

// Broken records the first fault: where in the file (keys, with slashes), and
// why, in both languages.
func (f *File) Broken(where, vi, en string, args ...any) {
	if f.err != nil {
		return
	}
	why := Textf(vi, en, args...)
	e := New(Invalid, f.code, "", "")
	e.Text = Text{
		Vi: fmt.Sprintf("Tệp %s hỏng ở %q: %s.", f.Name, where, why.Vi),
		En: fmt.Sprintf("File %s is broken at %q: %s.", f.Name, where, why.En),
	}
	f.err = e.At("/" + where)
}

// Because records what a function that reads a value has found wrong with it;
// nothing where that is nil.
func (f *File) Because(where string, err error) {
	if err == nil {
		return
	}
	if found, ok := As(err); ok {
		f.Broken(where, "%[1]s", "%[2]s", strings.TrimSuffix(found.Text.Vi, "."), strings.TrimSuffix(found.Text.En, "."))
		return
	}
	f.Broken(where, "%v", "%v", err)
}
