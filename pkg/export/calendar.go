package export

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// Media types and limits of calendars.
const (
	CalendarMedia = "text/calendar; charset=utf-8"
	// MostEvents is how many events a calendar has at most: programs that people
	// have take no more in good time.
	MostEvents = 10_000
	// CalendarRefresh is how often a calendar asks to be read again while the
	// election runs; of a closed one once a day.
	CalendarRefresh = time.Hour
)

// Calendar is what places have to keep to as iCalendar (RFC 5545, RFC 7986): one
// event for each milestone that has a day. It holds public things only, and knows
// no day: as long as nothing is recorded the same bytes come of it, on every
// server.
//
// A limit is an event of the whole legal day; what has a first and a last day
// covers them; where the law names an hour, it begins or ends at that hour of
// Asia/Ho_Chi_Minh. LAST-MODIFIED and DTSTAMP are when the milestone was last
// changed, by the log; SEQUENCE counts how often its days moved, or it was
// cancelled or restored (RFC 5545, section 3.8.7.4; RFC 5546, section 2.1.4).
type Calendar struct {
	View *mirror.View
	Area int // index of the place in the view's list
	CalendarChoice
	// Origin is where the page is, "https://tiendo.example": what events link to.
	Origin string
	// Source is the calendar's own address; empty for one that must not be told.
	Source string
	// Trial: days and reports are made up; the calendar says so.
	Trial bool
}

// CalendarChoice is what a subscriber chooses. The zero choice is the place alone,
// in Vietnamese, without alarms.
type CalendarChoice struct {
	// Levels are those of the places shown: the place itself is of the highest that
	// there can be. None: the place itself. With its own level among them it shows
	// what its timeline shows of the places above.
	Levels []area.Level
	// Body: only what this kind of body leads or shares.
	Body statute.Body
	// Alarms: an alarm as many days before, at eight in the morning, of what is still
	// to be done.
	Alarms   []int
	Language Language
}

// Limits of alarms.
const (
	mostAlarms   = 5
	farthestDays = 60
	alarmHour    = 8 * 60 // minutes of the day
)

// ParseLevels reads levels with commas between them, for a place of a level;
// nothing is the place itself. It fails with fault.Invalid "level-unknown" and
// "calendar-level-above".
func ParseLevels(text string, of area.Level) ([]area.Level, error) {
	if text == "" {
		return nil, nil
	}
	var levels []area.Level
	for name := range strings.SplitSeq(text, ",") {
		l, err := area.ParseLevel(name)
		if err != nil {
			return nil, err
		}
		if l < of {
			return nil, fault.New(fault.Invalid, "calendar-level-above",
				"Lịch của một đơn vị không có việc của cấp trên (%q); chọn cấp %q hoặc cấp dưới, hoặc lấy lịch của đơn vị cấp trên",
				"The calendar of a place does not have what levels above it do (%q); choose %q or a level below, or take the calendar of the place above", name, of)
		}
		levels = append(levels, l)
	}
	slices.Sort(levels)
	return slices.Compact(levels), nil
}

// FormatLevels writes what ParseLevels reads.
func FormatLevels(levels []area.Level) string {
	names := make([]string, len(levels))
	for k, l := range levels {
		names[k] = l.String()
	}
	return strings.Join(names, ",")
}

// ParseAlarms reads days with commas between them, "7,3,1"; nothing is no alarm.
// Anything else is fault.Invalid "calendar-alarm-refused".
func ParseAlarms(text string) ([]int, error) {
	if text == "" {
		return nil, nil
	}
	var days []int
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || n > farthestDays {
			return nil, alarmRefused(text)
		}
		days = append(days, n)
	}
	slices.Sort(days)
	slices.Reverse(days)
	if days = slices.Compact(days); len(days) > mostAlarms {
		return nil, alarmRefused(text)
	}
	return days, nil
}

func alarmRefused(text string) error {
	return fault.New(fault.Invalid, "calendar-alarm-refused",
		"Không dùng được lời nhắc %q; ghi tối đa %d số ngày từ 0 đến %d, cách nhau bằng dấu phẩy, ví dụ 7,3,1",
		"The alarm %q cannot be used; give at most %d numbers of days from 0 to %d with commas between them, such as 7,3,1", first(text, 40), mostAlarms, farthestDays)
}

// FormatAlarms writes what ParseAlarms reads.
func FormatAlarms(days []int) string {
	all := make([]string, len(days))
	for k, n := range days {
		all[k] = strconv.Itoa(n)
	}
	return strings.Join(all, ",")
}

func (c *Calendar) list() *area.List { return c.View.Frame().List }

// own says that the place itself is shown.
func (c *Calendar) own() bool {
	return len(c.Levels) == 0 || slices.Contains(c.Levels, c.list().At(c.Area).Level)
}

// below says that places below may be shown.
func (c *Calendar) below() bool {
	return slices.ContainsFunc(c.Levels, func(l area.Level) bool { return l > c.list().At(c.Area).Level })
}

// Revision is the greatest revision of what the calendar shows: a change to
// anything else leaves it.
func (c *Calendar) Revision() tracker.Revision {
	r := c.View.StateRevision()
	if c.own() {
		r = max(r, timeline.Revision(c.View, c.Area))
	}
	if c.below() {
		r = max(r, timeline.ListRevision(c.View, c.Area))
	}
	return r
}

// Check refuses a calendar of more than [MostEvents] events: fault.Invalid
// "calendar-too-large", which says how to narrow it.
func (c *Calendar) Check() error {
	n := 0
	for p := range c.places() {
		n += len(p.milestones)
	}
	if n <= MostEvents {
		return nil
	}
	return fault.New(fault.Invalid, "calendar-too-large",
		"Lịch này có %d sự kiện, tối đa là %d; hãy chọn ít cấp hơn (levels), một cơ quan (body), hoặc lấy lịch của một đơn vị cấp dưới",
		"This calendar has %d events, at most %d are given; choose fewer levels (levels), one kind of body (body), or take the calendar of a place below", n, MostEvents)
}

// calendarPlace is a place with those of its milestones that are shown, by their
// index in its board.
type calendarPlace struct {
	area       int
	milestones []int
}

// places goes through what is shown: the places in the order of the list, then
// those above, the nearest first. What it hands out is good until the next.
func (c *Calendar) places() func(func(calendarPlace) bool) {
	return func(yield func(calendarPlace) bool) {
		var room []int
		_, last := c.list().Descendants(c.Area)
		for i := c.Area; i < last; i++ {
			if i == c.Area && !c.own() || i > c.Area && !slices.Contains(c.Levels, c.list().At(i).Level) {
				continue
			}
			room = c.shown(room[:0], i, nil)
			if len(room) > 0 && !yield(calendarPlace{i, room}) {
				return
			}
			if !c.below() {
				break
			}
		}
		if !c.own() {
			return
		}
		above := map[*mirror.Milestone]bool{}
		for _, m := range timeline.Above(c.View, c.Area) {
			above[m] = true
		}
		for i := c.list().Parent(c.Area); i >= 0; i = c.list().Parent(i) {
			room = c.shown(room[:0], i, func(m *mirror.Milestone) bool { return above[m] })
			if len(room) > 0 && !yield(calendarPlace{i, room}) {
				return
			}
		}
	}
}

// shown adds the milestones of the area at index i that are asked for and have a day.
func (c *Calendar) shown(room []int, i int, wanted func(*mirror.Milestone) bool) []int {
	all := c.View.Board(i).Milestones()
	for k := range all {
		m := &all[k]
		o := c.View.Origin(m)
		if wanted != nil && !wanted(m) || !c.asksFor(o) {
			continue
		}
		if _, dated := stretchOf(o.Nature, m.NotBefore, m.Latest, m.Planned); dated {
			room = append(room, k)
		}
	}
	return room
}

func (c *Calendar) asksFor(o *mirror.Origin) bool {
	return c.Body == 0 || slices.ContainsFunc(o.Responsible, func(r tracker.Responsible) bool { return r.Body == c.Body.String() })
}

// stretch is what an event covers: days, or hours where the law names one.
type stretch struct {
	first, last civil.Cutoff // last included
	// byPlan: the law sets no limit; the day is the place's own.
	byPlan bool
}

// stretchOf is what a milestone covers: from its first day to its limit; without
// a limit to the place's own planned day; false without any day.
func stretchOf(n statute.Nature, notBefore, latest civil.Cutoff, planned civil.Date) (stretch, bool) {
	s := stretch{first: notBefore, last: latest}
	if s.last.IsZero() && n.HasTasks() && !planned.IsZero() {
		s.last, s.byPlan = civil.Whole(planned), true
	}
	switch {
	case s.first.IsZero() && s.last.IsZero():
		return s, false
	case s.last.IsZero():
		s.last = s.first
	case s.first.IsZero() || s.last.Day.Before(s.first.Day):
		s.first = s.last
	}
	return s, true
}

// hours says that it begins or ends at an hour.
func (s *stretch) hours() bool { return !s.first.Clock.IsZero() || !s.last.Clock.IsZero() }

// ICS writes the calendar: CRLF, folded at 75 octets between letters. It fails as
// [Calendar.Check] and [mirror.View.Courses] do, before anything is written.
func (c *Calendar) ICS(w io.Writer) error {
	if err := c.Check(); err != nil {
		return err
	}
	cal := c.head()
	worded := c.worded()
	for p := range c.places() {
		courses, err := c.View.Courses(p.area)
		if err != nil {
			return err
		}
		all := c.View.Board(p.area).Milestones()
		for _, k := range p.milestones {
			e := event{c: c, area: p.area, m: &all[k], origin: c.View.Origin(&all[k]), course: &courses[k]}
			e.modified = later(e.course.Modified, worded[e.origin.Ref])
			if p := e.origin.Plan; p != nil {
				e.modified = later(e.modified, c.View.Replanned(p.Key)) // whose title it has
			}
			v, err := e.component()
			if err != nil {
				return err
			}
			cal.AddVEvent(v)
		}
	}
	return cal.SerializeTo(w, ics.WithNewLine("\r\n"))
}

// worded says of origins which an amendment worded anew when that was: their
// events say something else, whether the dates moved or not.
func (c *Calendar) worded() map[mirror.Ref]time.Time {
	at := map[mirror.Ref]time.Time{}
	frames, replaced := c.View.Frames(), c.View.Replaced()
	for k := range replaced {
		for _, now := range frames[k+1].Rulebook.Rules() {
			was, err := frames[k].Rulebook.Rule(now.Key)
			if err == nil && was.Title == now.Title && was.Basis.Text() == now.Basis.Text() && was.ResponsibleTitle == now.ResponsibleTitle &&
				was.Phase.Title == now.Phase.Title && slices.Equal(was.Responsible, now.Responsible) {
				continue
			}
			if o, ok := c.View.OriginOf(tracker.MilestoneKey(now.Key)); ok {
				at[o.Ref] = replaced[k]
			}
		}
	}
	return at
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// calendarZone is where an hour is meant. The zone has had one offset since
// 1975-06-13, when it went from +08:00 to +07:00.
const calendarZone = "Asia/Ho_Chi_Minh"

// head is the calendar without its events. It has the zone whether an event needs
// it or not: a calendar without any component is none.
func (c *Calendar) head() *ics.Calendar {
	cal := ics.NewCalendarFor("tiendo")
	cal.SetProductId("-//tiendo//Election calendar//" + strings.ToUpper(string(c.Language)))
	cal.SetCalscale("GREGORIAN")
	refresh := CalendarRefresh
	if c.View.Frame().Election.State == tracker.Closed {
		refresh = 24 * time.Hour
	}
	name := clean(c.name())
	cal.SetName(name)
	cal.SetXWRCalName(name)
	if about := clean(c.about()); about != "" {
		cal.SetDescription(about)
		cal.SetXWRCalDesc(about)
	}
	cal.SetColor("crimson") // a name of CSS (RFC 7986, section 5.9)
	cal.SetRefreshInterval(duration(refresh))
	cal.SetXPublishedTTL(duration(refresh))
	if c.Source != "" {
		cal.CalendarProperties = append(cal.CalendarProperties, ics.CalendarProperty{BaseProperty: ics.BaseProperty{
			IANAToken: "SOURCE", ICalParameters: map[string][]string{"VALUE": {"URI"}}, Value: c.Source,
		}})
	}
	zone := cal.AddTimezone(calendarZone)
	standard := zone.AddStandard()
	standard.SetProperty(ics.ComponentPropertyDtStart, "19750613T000000")
	standard.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), "+0800")
	standard.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), "+0700")
	standard.SetProperty(ics.ComponentProperty(ics.PropertyTzname), "+07")
	return cal
}

// event is one milestone becoming a VEVENT.
type event struct {
	c        *Calendar
	area     int
	m        *mirror.Milestone
	origin   *mirror.Origin
	course   *mirror.Course
	modified time.Time
	stretch  stretch
}

func (e *event) component() (*ics.VEvent, error) {
	e.stretch, _ = stretchOf(e.origin.Nature, e.m.NotBefore, e.m.Latest, e.m.Planned)
	about, err := e.description()
	if err != nil {
		return nil, err
	}
	v := ics.NewEvent(e.uid())
	v.SetDtStampTime(e.modified)
	v.SetModifiedAt(e.modified)
	v.SetSequence(e.sequence())
	e.span(v)
	summary := clean(e.summary())
	v.SetSummary(summary)
	v.SetDescription(clean(about))
	v.SetURL(e.link())
	v.AddCategory(clean(e.phase()))
	v.SetStatus(ics.ObjectStatusConfirmed)
	if e.m.Work == tracker.Cancelled {
		v.SetStatus(ics.ObjectStatusCancelled)
	}
	v.SetTimeTransparency(ics.TransparencyTransparent) // nobody is busy for a whole day by it
	if e.origin.Nature.HasTasks() && e.m.Work.Open() {
		for _, days := range e.c.Alarms {
			a := v.AddAlarm()
			a.SetAction(ics.ActionDisplay)
			a.SetTrigger(e.trigger(days))
			a.SetDescription(summary)
		}
	}
	return v, nil
}

// uid is the same for ever, in every calendar that shows the milestone.
func (e *event) uid() string {
	id := e.c.View.ID(e.area, e.m)
	return fmt.Sprintf("%s.%s.%s.%d@tiendo", e.c.View.Frame().Election.ID, id.Area, id.Key, id.Occurrence)
}

// sequence counts how often the event moved, or was cancelled or restored.
func (e *event) sequence() int {
	n := 0
	stages := e.course.Stages
	for k := 1; k < len(stages); k++ {
		was, _ := stretchOf(e.origin.Nature, stages[k-1].NotBefore, stages[k-1].Latest, stages[k-1].Planned)
		now, _ := stretchOf(e.origin.Nature, stages[k].NotBefore, stages[k].Latest, stages[k].Planned)
		if was.first != now.first || was.last != now.last || stages[k-1].Cancelled != stages[k].Cancelled {
			n++
		}
	}
	return n
}

// span writes when it begins and ends. An end is the first moment after.
func (e *event) span(v *ics.VEvent) {
	first, last := e.stretch.first, e.stretch.last
	if !e.stretch.hours() {
		v.SetProperty(ics.ComponentPropertyDtStart, icsDay(first.Day), ics.WithValue("DATE"))
		v.SetProperty(ics.ComponentPropertyDtEnd, icsDay(last.Day.Add(1)), ics.WithValue("DATE"))
		return
	}
	if last.Clock.IsZero() {
		last = civil.Cutoff{Day: last.Day.Add(1)}
	}
	begins, ends := icsHour(first), icsHour(last)
	v.SetProperty(ics.ComponentPropertyDtStart, begins, ics.WithTZID(calendarZone))
	if ends > begins { // else it is a moment, and has no end (RFC 5545, section 3.6.1)
		v.SetProperty(ics.ComponentPropertyDtEnd, ends, ics.WithTZID(calendarZone))
	}
}

// trigger is an alarm some days before the last day, at eight in the morning
// there, counted from the beginning of the event.
func (e *event) trigger(days int) string {
	at := e.stretch.first.Day.DaysUntil(e.stretch.last.Day)*24*60 - days*24*60 + alarmHour
	if e.stretch.hours() && !e.stretch.first.Clock.IsZero() {
		at -= e.stretch.first.Clock.Minutes()
	}
	return duration(time.Duration(at) * time.Minute)
}

func icsDay(d civil.Date) string { return strings.ReplaceAll(d.String(), "-", "") }

func icsHour(c civil.Cutoff) string {
	minutes := 0
	if !c.Clock.IsZero() {
		minutes = c.Clock.Minutes()
	}
	return fmt.Sprintf("%sT%02d%02d00", icsDay(c.Day), minutes/60, minutes%60)
}

// duration writes whole minutes as RFC 5545, section 3.3.6 does.
func duration(d time.Duration) string {
	var b strings.Builder
	if d < 0 {
		b.WriteByte('-')
		d = -d
	}
	b.WriteByte('P')
	minutes := int(d.Minutes())
	if days := minutes / (24 * 60); days > 0 {
		fmt.Fprintf(&b, "%dD", days)
	}
	hours, minutes := minutes/60%24, minutes%60
	if hours > 0 || minutes > 0 || b.Len() <= 2 && !strings.HasSuffix(b.String(), "D") {
		b.WriteByte('T')
		if hours > 0 {
			fmt.Fprintf(&b, "%dH", hours)
		}
		if minutes > 0 || hours == 0 {
			fmt.Fprintf(&b, "%dM", minutes)
		}
	}
	return b.String()
}
