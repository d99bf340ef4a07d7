package timeline

import (
	"slices"

	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
)

// EachPlace goes through all rows that a list of the same options has, place by
// place in the order of the places, and in each in the order of the work: what a
// table of a whole branch is written from. It holds the rows of one place at a
// time; places without any are left out. Of the options Lateness, Limit, After
// and Revision are of pages and mean nothing here.
//
// It fails as [BuildList] does, and with what each fails with.
func EachPlace(v *mirror.View, i int, now civil.Cutoff, o ListOptions, each func(area int, rows []ListItem) error) error {
	o.Lateness, o.After, o.Limit = false, nil, 0
	at := now
	if !o.AsOf.IsZero() {
		at = civil.Cutoff{Day: o.AsOf, Clock: lastMinute}
	}
	s, err := newSelection(v, at, &o, v.Revision())
	if err != nil {
		return err
	}
	s.whole = true
	first, last := o.reached(v, i)
	for k := first; k < last; k++ {
		if o.Level != 0 && v.Frame().List.At(k).Level != o.Level {
			continue
		}
		all, err := s.past.Milestones(k)
		if err != nil {
			return err
		}
		s.page = s.page[:0]
		s.add(k, all)
		if len(s.page) == 0 {
			continue
		}
		if err := each(k, s.rows()); err != nil {
			return err
		}
	}
	return nil
}

// rows are those that were kept of one place, in the order of the work.
func (s *selection) rows() []ListItem {
	for k := range s.page {
		s.page[k].place.day = 0
	}
	slices.SortFunc(s.page, func(a, b candidate) int { return a.place.compare(b.place) })
	items := make([]ListItem, len(s.page))
	for k := range s.page {
		items[k] = s.item(&s.page[k])
	}
	return items
}
