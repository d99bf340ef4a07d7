package mirror

import (
	"slices"

	"tiendo/pkg/tracker"
)

// Papers are the bodies and documents of an election in the order in which they
// were entered. They never change: one more makes new ones, so that whoever has
// made something of them sees by the pointer that it still holds.
type Papers struct {
	Bodies    []tracker.Body
	Documents []tracker.Document
}

// Papers are the election's bodies and documents, also those that are not
// public. Shared: read only.
func (v *View) Papers() *Papers { return v.papers }

func newPapers(s *Snapshot) *Papers {
	p := &Papers{Bodies: slices.Clone(s.Bodies), Documents: slices.Clone(s.Documents)}
	slices.SortStableFunc(p.Bodies, func(a, b tracker.Body) int { return int(a.Revision - b.Revision) })
	slices.SortStableFunc(p.Documents, func(a, b tracker.Document) int { return int(a.Revision - b.Revision) })
	return p
}

// with are the papers and those that a change adds: written behind the end of
// what readers see, as a board's log is (see [draft]).
func (p *Papers) with(c *tracker.Change) *Papers {
	next := *p
	if c.After.Body != nil {
		b := *c.After.Body
		b.Revision = c.Revision
		next.Bodies = append(next.Bodies, b)
	}
	if c.After.Document != nil {
		d := *c.After.Document
		d.Revision = c.Revision
		next.Documents = append(next.Documents, d)
	}
	return &next
}
