package mirror

import (
	"cmp"
	"iter"
	"slices"

	"tiendo/pkg/civil"
	"tiendo/pkg/tracker"
)

// digest is what one has to know of some boards to tell whether anything that
// is made of them is still good.
type digest struct {
	revision tracker.Revision // the greatest
	hours    []civil.Cutoff   // beginnings and ends with an hour, each once
	happened civil.Span       // the days that something happened on
}

func newDigest(boards []*Board) *digest {
	d := &digest{}
	for _, b := range boards {
		d.revision = max(d.revision, b.revision)
		for k := range b.milestones {
			m := &b.milestones[k]
			d.note(m.NotBefore)
			d.note(m.Latest)
		}
		for k := range b.log {
			d.happened = d.happened.Cover(b.log[k].happened)
		}
	}
	return d
}

func (d *digest) note(c civil.Cutoff) {
	if !c.Clock.IsZero() && !slices.Contains(d.hours, c) {
		d.hours = append(d.hours, c)
	}
}

// part is the digest of some boards of a chunk; that of all of them is kept. Two
// readers may make it at the same time; both make the same.
func (c *chunk) part(from, to int) *digest {
	if to-from < chunkLen {
		return newDigest(c.boards[from:to])
	}
	if d := c.digest.Load(); d != nil {
		return d
	}
	d := newDigest(c.boards[:])
	c.digest.Store(d)
	return d
}

// digests goes through the branch of the area at index i: by whole chunks, and
// board by board at its two ends.
func (v *View) digests(i int) iter.Seq[*digest] {
	return func(yield func(*digest) bool) {
		_, last := v.frame.List.Descendants(i)
		for i < last {
			c, from := v.chunks[i/chunkLen], i%chunkLen
			to := min(chunkLen, from+last-i)
			if !yield(c.part(from, to)) {
				return
			}
			i += to - from
		}
	}
}

// BranchRevision is the greatest revision of the milestones of the area at
// index i and of all areas below it; 0 where there are none. It reads one word
// per 64 areas, so it may be asked for with every request.
func (v *View) BranchRevision(i int) tracker.Revision {
	var r tracker.Revision
	for d := range v.digests(i) {
		r = max(r, d.revision)
	}
	return r
}

// BranchHours goes through the beginnings and ends with an hour that milestones
// of the area at index i and of all areas below it have. Some come several times.
func (v *View) BranchHours(i int) iter.Seq[civil.Cutoff] {
	return func(yield func(civil.Cutoff) bool) {
		for d := range v.digests(i) {
			for _, c := range d.hours {
				if !yield(c) {
					return
				}
			}
		}
	}
}

// Happened covers the days on which, by the log, anything happened to a milestone
// of the country; no days where nothing did.
func (v *View) Happened() civil.Span {
	var all civil.Span
	for d := range v.digests(0) {
		all = all.Cover(d.happened.First).Cover(d.happened.Last)
	}
	return all
}

// ChangedWithin says that anything happened to a milestone of the area at index i,
// or with below to one of the areas below it, after a revision and up to another.
func (v *View) ChangedWithin(i int, below bool, after, upto tracker.Revision) bool {
	last := i + 1
	if below {
		_, last = v.frame.List.Descendants(i)
	}
	for ; i < last; i++ {
		if i%chunkLen == 0 && i+chunkLen <= last && v.chunks[i/chunkLen].part(0, chunkLen).revision <= after {
			i += chunkLen - 1 // nothing in all of the chunk
			continue
		}
		log := v.Board(i).log
		k, _ := slices.BinarySearchFunc(log, after+1, func(t transition, r tracker.Revision) int { return cmp.Compare(t.revision, r) })
		if k < len(log) && log[k].revision <= upto {
			return true
		}
	}
	return false
}
