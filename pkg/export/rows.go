package export

import (
	"strings"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/sheet"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// row is one milestone as a table shows it.
type row struct {
	sheet.Status
	area, within area.Area
	item         *timeline.ListItem
	reads        bool
}

// atOnce is for how many places it is asked at once what their tasks tell.
const atOnce = 200

// rows goes through the rows of the branch that are of a level (0: of any), place
// by place. It keeps those of some hundred places at a time.
func (b *Branch) rows(level area.Level, each func(*row) error) error {
	o := b.Options
	if level != 0 {
		o.Level = level
	}
	documents := b.documents()
	var waiting []place
	settle := func() error {
		err := b.settle(waiting, documents, each)
		waiting = waiting[:0]
		return err
	}
	err := timeline.EachPlace(b.View, b.Area, b.Now, o, func(i int, items []timeline.ListItem) error {
		waiting = append(waiting, place{i, items})
		if len(waiting) < atOnce {
			return nil
		}
		return settle()
	})
	if err != nil {
		return err
	}
	return settle()
}

// place is what one area has to show.
type place struct {
	area  int
	items []timeline.ListItem
}

func (b *Branch) settle(places []place, documents func(bool, string) (tracker.Document, bool), each func(*row) error) error {
	if len(places) == 0 {
		return nil
	}
	told, err := b.told(places)
	if err != nil {
		return err
	}
	list := b.View.Frame().List
	for _, p := range places {
		r := row{area: list.At(p.area), within: b.within(p.area), reads: b.reads(p.area)}
		visible := func(key string) (tracker.Document, bool) { return documents(r.reads, key) }
		for k := range p.items {
			r.item = &p.items[k]
			r.Status = b.status(&r, told[r.item.ID], visible)
			if err := each(&r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *Branch) told(places []place) (map[tracker.MilestoneID][]tracker.Task, error) {
	if b.Told == nil {
		return nil, nil //nolint:nilnil // nothing is told
	}
	list := b.View.Frame().List
	codes := make([]area.Code, len(places))
	for k, p := range places {
		codes[k] = list.At(p.area).Code
	}
	return b.Told(codes)
}

// within is the place that an area lies right in, as far as that says anything:
// everything lies in the nation.
func (b *Branch) within(i int) area.Area {
	if above := b.View.Frame().List.Parent(i); above > 0 {
		return b.View.Frame().List.At(above)
	}
	return area.Area{}
}

func (b *Branch) status(r *row, tasks []tracker.Task, documents func(string) (tracker.Document, bool)) sheet.Status {
	m := &r.item.Milestone
	s := sheet.Status{
		Milestone: r.item.ID, Progress: m.Progress, Planned: m.Planned,
		Told: r.item.Origin.Nature.HasTasks() && (r.item.Timing != timeline.NoRecord || m.Work != tracker.NotStarted),
	}
	if b.stands(r) {
		tasks = b.asOfView(tasks)
		if !r.reads {
			tasks = published(tasks, documents)
		}
		s.Texts = sheet.TextsOf(tasks, documents)
	}
	return s
}

// published are the tasks as everybody may know of them: without reasons, notes
// and own tasks of staff that no published source tells of, and without the
// number and the address of a document that was not published.
func published(tasks []tracker.Task, documents func(string) (tracker.Document, bool)) []tracker.Task {
	var all []tracker.Task
	for _, t := range tasks {
		if t.Own && t.Source == "" {
			continue
		}
		t.Reason = ""
		if t.Source == "" {
			t.Note = ""
		}
		if _, known := documents(t.Document); t.Document != "" && !known {
			t.Evidence = tracker.Evidence{}
		}
		all = append(all, t)
	}
	return all
}

// stands says that a milestone stands on the day shown as it does now, so that
// what is written of it is of that state.
func (b *Branch) stands(r *row) bool {
	if b.Options.AsOf.IsZero() {
		return true
	}
	now, there := b.View.Milestone(r.item.Area, r.item.ID.Key, r.item.ID.Occurrence)
	return there && now.Progress == r.item.Milestone.Progress
}

// asOfView leaves out what was written after the view: a row is of one moment.
func (b *Branch) asOfView(tasks []tracker.Task) []tracker.Task {
	kept := tasks[:0:0]
	for k := range tasks {
		if tasks[k].Revision <= b.View.Revision() {
			kept = append(kept, tasks[k])
		}
	}
	return kept
}

// cell is what stands in a column of a row: at most one of these.
type cell struct {
	text   string
	day    civil.Date
	number int
	isNumber,
	isText bool
}

func text(s string) cell { return cell{text: s, isText: s != ""} }

// cells are those of a row, in the order of [sheet.StatusColumns].
func (b *Branch) cells(r *row) []cell {
	of, x := b.Language.of, &r.item.Item
	cells := make([]cell, 0, len(sheet.StatusColumns))
	for k := range sheet.StatusColumns {
		var c cell
		switch sheet.StatusColumns[k].Key {
		case sheet.ColArea:
			c = text(string(r.area.Code))
		case sheet.ColAreaName:
			c = text(b.Language.name(r.area))
		case sheet.ColWithin:
			c = text(b.Language.name(r.within))
		case sheet.ColMilestone:
			c = text(r.Milestone.Name())
		case sheet.ColTitle:
			c = text(of(x.Origin.Title))
		case sheet.ColStatus:
			if r.Told {
				c = text(of(sheet.Works[r.Work]))
			}
		case sheet.ColLatestOn:
			c = cell{day: x.Milestone.Latest.Day}
		case sheet.ColTiming:
			c = text(of(timingOf(x)))
		case sheet.ColDaysLeft:
			c = cell{number: x.DaysLeft, isNumber: x.HasDaysLeft}
		case sheet.ColStanding:
			if r.Told {
				c = text(of(standings[x.Milestone.Standing]))
			}
		default:
			c = r.said(sheet.StatusColumns[k].Key)
		}
		cells = append(cells, c)
	}
	return cells
}

// said is what the row says of the work beside its status.
func (r *row) said(key string) cell {
	switch key {
	case sheet.ColDoneOn:
		return cell{day: r.DoneOn}
	case sheet.ColDoneBy:
		return cell{day: r.DoneBy}
	case sheet.ColPlannedOn:
		return cell{day: r.Planned}
	case sheet.ColDocumentNumber:
		return text(r.Number)
	case sheet.ColDocumentDate:
		return cell{day: r.On}
	case sheet.ColLink:
		return text(r.Link)
	case sheet.ColReason:
		return text(r.Reason)
	case sheet.ColNote:
		return text(r.Note)
	}
	return cell{}
}

// header is the titles of the columns.
func (b *Branch) header() []string {
	titles := make([]string, len(sheet.StatusColumns))
	for k := range sheet.StatusColumns {
		titles[k] = b.Language.of(sheet.StatusColumns[k].Title)
	}
	return titles
}

// title says what a file is of.
func (b *Branch) title() string {
	place := b.Language.name(b.place())
	if b.Language == English {
		return strings.Join([]string{b.frame().Election.Title.En, place, b.day().Vietnamese()}, " – ")
	}
	return strings.Join([]string{b.frame().Election.Title.Vi, place, "ngày " + b.day().Vietnamese()}, " – ")
}
