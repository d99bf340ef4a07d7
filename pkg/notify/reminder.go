// Package notify tells people and programs what they asked to be told: mail to
// those who have something to do, and what happens to the endpoints of others.
// What is to be said is a pure function of the mirror, of who is responsible
// and of what was said before; it is kept and sent elsewhere.
package notify

import (
	"cmp"
	"slices"
	"time"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// Nothing is sent in the night: what falls due then waits until seven.
const (
	quietFrom = 20
	quietTo   = 7
)

// DaysBefore is on how many days before a limit a person is reminded of what is
// his to do, who has not chosen otherwise.
func DaysBefore() []int { return []int{7, 3, 1} }

// acted says that somebody has begun with what is still open, or said what holds it
// up: then nobody is reminded of it, neither before its limit nor once it has passed.
// What was returned has to be begun anew.
func acted(m *mirror.Milestone) bool {
	return m.Work != tracker.NotStarted && m.Standing != tracker.Returned
}

// Person is somebody with an account that may be used, and what he is responsible
// for. Who has no Mail is told nothing, and is responsible all the same.
type Person struct {
	User     access.UserID
	Name     string
	Language string
	// Mail is where he is written to: confirmed by him, and wanted.
	Mail string
	// Since is when he confirmed it. What was overdue by then he is not told of.
	Since time.Time
	// Days before a limit on which he is reminded of what is his to do.
	Days   []int
	Grants []access.Granted
	// Told is what he had been told when his last digest was made.
	Told Look
}

// Look is how far somebody looked who said what was to be said: at which moment,
// and how far in the log of each election.
type Look struct {
	At        time.Time                               `json:"at"`
	Revisions map[tracker.ElectionID]tracker.Revision `json:"revisions"`
}

// Why is what a person is told of a milestone for, the most urgent first.
type Why uint8

// The reasons.
const (
	// Escalated: overdue in a place of which he leads the level above.
	Escalated Why = iota + 1
	// Today is its last day, and he leads there.
	Today
	// SentBack: it was returned to him.
	SentBack
	// Ahead: a chosen number of days before its limit.
	Ahead
)

// Item is one milestone that a person is told of.
type Item struct {
	Why      Why
	Area     int // by index of the election's list
	ID       tracker.MilestoneID
	Title    fault.Text
	Limit    civil.Cutoff
	Work     tracker.Work
	Returned bool
	// Local: the limit is a local plan's, not the law's.
	Local bool
	order int
}

// Shift is one act that changed what is due in places of a person.
type Shift struct {
	Recorded time.Time `json:"recorded"`
	// Amended: the election was given another day or another version of the law.
	Amended bool `json:"amended,omitempty"`
	// Moved, Arrived and Gone count milestones, Areas the places.
	Moved   int `json:"moved,omitempty"`
	Arrived int `json:"arrived,omitempty"`
	Gone    int `json:"gone,omitempty"`
	Areas   int `json:"areas,omitempty"`
	// Titles of the milestones, where there are few.
	Titles []fault.Text `json:"titles,omitempty"`
}

// Part is what a digest says of one election.
type Part struct {
	Frame *tracker.Frame
	// Revision is how far the log of the election was looked at.
	Revision tracker.Revision
	Items    []Item
	Shifts   []Shift
}

// Digest is all that one person is told on one day.
type Digest struct {
	User     access.UserID
	Name     string
	Language string
	Mail     string
	At       civil.Cutoff
	Parts    []Part
}

// Plan lists the digests that are to go now, one for each person who has anything
// to be told and was told nothing yet today, by user; and how far it looked. In
// the night it lists none and has not looked, nor does it where an election is seen
// further back than somebody has looked already: a server that is behind waits. before
// is how far the look before this one came. It is pure: the same arguments give the same digests, in every
// server.
func Plan(now time.Time, zone *time.Location, views []*mirror.View, people []Person, before Look) ([]Digest, Look) {
	if h := now.In(zone).Hour(); h < quietTo || h >= quietFrom || now.Before(before.At) {
		return nil, before
	}
	p := planner{now: now, zone: zone, at: civil.Now(now, zone), before: before, people: people, parts: map[int][]Part{}}
	look := Look{At: now, Revisions: map[tracker.ElectionID]tracker.Revision{}}
	for _, v := range views {
		id := v.Frame().Election.ID
		if v.Revision() < before.Revisions[id] {
			return nil, before
		}
		look.Revisions[id] = v.Revision()
		p.election(v)
	}
	var all []Digest
	for k := range people {
		if parts := p.parts[k]; len(parts) > 0 {
			who := &people[k]
			all = append(all, Digest{User: who.User, Name: who.Name, Language: who.Language, Mail: who.Mail, At: p.at, Parts: parts})
		}
	}
	slices.SortFunc(all, func(a, b Digest) int { return cmp.Compare(a.User, b.User) })
	return all, look
}

// NotQuiet is the first instant from one on at which people may be told something.
func NotQuiet(t time.Time, zone *time.Location) time.Time {
	day := civil.Of(t, zone)
	switch h := t.In(zone).Hour(); {
	case h < quietTo:
		return day.At(civil.NewClock(quietTo, 0), zone)
	case h >= quietFrom:
		return day.Add(1).At(civil.NewClock(quietTo, 0), zone)
	}
	return t
}

type planner struct {
	now    time.Time
	zone   *time.Location
	at     civil.Cutoff
	before Look
	people []Person
	parts  map[int][]Part // by person
}

// listens says that a person can be told something now.
func (p *planner) listens(k int) bool {
	who := &p.people[k]
	return who.Mail != "" && !p.toldOn(who, p.at.Day)
}

// toldOn says that a person had a digest on a day or later.
func (p *planner) toldOn(who *Person, day civil.Date) bool {
	return !who.Told.At.IsZero() && !p.day(who.Told.At).Before(day)
}

func (p *planner) day(t time.Time) civil.Date { return civil.Of(t, p.zone) }

// lookOf is how far a responsible person was looked after, before now: as far as
// everybody, but if he had been told something on that day already, as far as
// then. Who has become it since is told what falls on the day of that, too.
func (p *planner) lookOf(h *holder) Look {
	who, look := &p.people[h.person], p.before
	if !look.At.IsZero() && p.toldOn(who, p.day(look.At)) {
		look = who.Told
	}
	if !h.since.Before(look.At) {
		look.At = p.day(h.since).At(civil.NewClock(0, 0), p.zone)
	}
	return look
}

// election adds what is to be said of one election; of one that is not open for
// work there is nothing.
func (p *planner) election(v *mirror.View) {
	opened, running := v.RunningSince()
	if !running {
		return
	}
	e := election{planner: p, v: v, roster: p.rosterOf(v.Frame().List, opened), said: map[int]*said{}}
	for i := range v.Frame().List.Len() {
		e.place(i)
	}
	for k, s := range e.said {
		if part := s.part(v); len(part.Items)+len(part.Shifts) > 0 {
			p.parts[k] = append(p.parts[k], part)
		}
	}
}

// election is one of them while it is gone through.
type election struct {
	*planner
	v      *mirror.View
	roster *roster
	said   map[int]*said // by person
	was    struct {
		board    *mirror.Board
		area     int
		revision tracker.Revision
	}
}

// said is what one person is told of one election.
type said struct {
	items  map[spot]Item
	shifts map[time.Time]*shift
}

type spot struct {
	area int
	ref  mirror.Ref
	nth  uint16
}

type shift struct {
	Shift
	last int // area counted, plus one
	many bool
}

// fewTitles is how many milestones a line about an act names.
const fewTitles = 3

func (e *election) to(h *holder) *said {
	s := e.said[h.person]
	if s == nil {
		s = &said{items: map[spot]Item{}, shifts: map[time.Time]*shift{}}
		e.said[h.person] = s
	}
	return s
}

// place goes through what one area has.
func (e *election) place(i int) {
	doers, leads, above := e.heard(e.roster.doers(i)), e.heard(e.roster.leads(i)), e.heard(e.roster.above(i))
	if len(doers)+len(leads)+len(above) == 0 {
		return
	}
	all := e.v.Board(i).Milestones()
	for k := range all {
		m := &all[k]
		if o := e.v.Origin(m); o.Nature.CanBeLate() && m.Work.Open() {
			e.milestone(i, m, doers, leads, above)
		}
	}
	e.shifts(i, append(slices.Clip(doers), leads...))
}

func (e *election) heard(all []holder) []holder {
	return slices.DeleteFunc(slices.Clone(all), func(h holder) bool { return !e.listens(h.person) })
}

// milestone says of one that is open whom it concerns.
func (e *election) milestone(i int, m *mirror.Milestone, doers, leads, above []holder) {
	c := timeline.Of(e.v, m)
	timing := c.At(e.at)
	if timing == timeline.NoRecord {
		return
	}
	last, turned := e.turn(i, m)
	if m.Standing == tracker.Returned && last.Kind == mirror.SentBack {
		for k := range doers {
			if h := &doers[k]; last.Recorded.After(h.since) && last.Revision > e.seen(h) {
				e.tell(h, i, m, SentBack)
			}
		}
	}
	switch {
	case m.Latest.IsZero() || acted(m):
	case m.Latest.PassedAt(e.at):
		e.overdue(i, m, last, turned, above)
	default:
		e.ahead(i, m, last, turned, doers, leads)
	}
}

// turn is the last turn by which the milestone is due as it is. A move that left
// its limit where it was is none, nor one of what was overdue and is so still. What
// lies longer back than was looked at makes no difference any more.
func (e *election) turn(i int, m *mirror.Milestone) (mirror.Turn, bool) {
	last, turned := e.v.LastTurn(i, m, e.v.Revision())
	for turned && last.Kind == mirror.Moved && last.Recorded.After(e.before.At.Add(-48*time.Hour)) {
		was := e.boardAt(i, last.Revision-1)
		if was == nil {
			break
		}
		then, there := was.Find(m.Ref, int(m.Occurrence))
		moment := civil.Now(last.Recorded, e.zone)
		if !there || then.Latest != m.Latest && (then.Latest.IsZero() || !then.Latest.PassedAt(moment) || !m.Latest.PassedAt(moment)) {
			break
		}
		last, turned = e.v.LastTurn(i, m, last.Revision-1)
	}
	return last, turned
}

// boardAt is an area as it was at a revision. The last one is kept: all that an act
// moves in an area is asked for one after the other.
func (e *election) boardAt(i int, r tracker.Revision) *mirror.Board {
	if e.was.board == nil || e.was.area != i || e.was.revision != r {
		b, err := e.v.AtRevision(i, r, civil.Date{})
		if err != nil {
			return nil // what cannot be looked up counts as moved
		}
		e.was.board, e.was.area, e.was.revision = b, i, r
	}
	return e.was.board
}

// ahead is for a limit that is still to come: those who do it hear of it on the
// days they chose, who leads there on its last.
func (e *election) ahead(i int, m *mirror.Milestone, last mirror.Turn, turned bool, doers, leads []holder) {
	for k := range doers {
		h := &doers[k]
		for _, n := range e.people[h.person].Days {
			if e.falls(h, m.Latest.Day.Add(-n), last, turned) {
				e.tell(h, i, m, Ahead)
			}
		}
	}
	for k := range leads {
		if h := &leads[k]; e.falls(h, m.Latest.Day, last, turned) {
			e.tell(h, i, m, Today)
		}
	}
}

// falls says that a day on which somebody is to be told has come since he was
// last looked after. A day that was past when the milestone came to be due as it
// is, or he to be responsible, is not made up for.
func (e *election) falls(h *holder, on civil.Date, last mirror.Turn, turned bool) bool {
	if on.After(e.at.Day) || on.Before(e.day(h.since)) || (turned && on.Before(e.day(last.Recorded))) {
		return false
	}
	return !e.looked(h, on, last)
}

// looked says that he was looked after when, on a day, this was to be said.
func (e *election) looked(h *holder, on civil.Date, last mirror.Turn) bool {
	return !e.morning(on).After(e.lookOf(h).At) && last.Revision <= e.seen(h)
}

func (e *election) seen(h *holder) tracker.Revision {
	return e.lookOf(h).Revisions[e.v.Frame().Election.ID]
}

func (e *election) morning(d civil.Date) time.Time { return d.At(civil.NewClock(quietTo, 0), e.zone) }

// overdue tells the level above, on the day after the limit, or after the day on
// which the milestone came to be overdue by another act: it was moved, or opened
// again.
func (e *election) overdue(i int, m *mirror.Milestone, last mirror.Turn, turned bool, above []holder) {
	began, day := m.Latest.Day.At(m.Latest.Clock, e.zone), m.Latest.Day
	if m.Latest.Clock.IsZero() {
		began = day.Add(1).At(civil.Clock{}, e.zone)
	}
	if turned && last.Recorded.After(began) {
		began = last.Recorded
		day = civil.Later(day, e.day(began))
	}
	on := day.Add(1)
	for k := range above {
		h := &above[k]
		if began.After(h.since) && !on.After(e.at.Day) && !e.looked(h, on, last) {
			e.tell(h, i, m, Escalated)
		}
	}
}

// tell notes a milestone for somebody, once, for its most urgent reason.
func (e *election) tell(h *holder, i int, m *mirror.Milestone, why Why) {
	items, at := e.to(h).items, spot{i, m.Ref, m.Occurrence}
	if was, ok := items[at]; ok && was.Why <= why {
		return
	}
	items[at] = itemOf(e.v, i, m, why)
}

func itemOf(v *mirror.View, i int, m *mirror.Milestone, why Why) Item {
	o := v.Origin(m)
	x := Item{
		Why: why, Area: i, ID: v.ID(i, m), Title: o.Title, Limit: m.Latest, Work: m.Work,
		Returned: m.Standing == tracker.Returned, Local: o.Binding == mirror.ByPlan, order: o.PhaseOrder<<16 | int(o.Ref),
	}
	if scope := v.Board(i).Scope(m); scope != "" {
		x.Title = fault.Textf("%s (%s)", "%s (%s)", x.Title, scope)
	}
	return x
}

// shifts counts for each act that somebody has not heard of what it did here. That
// dates follow from what was reported is no news.
func (e *election) shifts(i int, holders []holder) {
	if len(holders) == 0 || e.v.Board(i).Revision() == 0 {
		return
	}
	first := e.seen(&holders[0])
	for k := range holders {
		first = min(first, e.seen(&holders[k]))
	}
	told := map[int]bool{} // who leads and does
	for t := range e.v.Turns(i, first) {
		o := e.v.Origin(t.Milestone)
		if t.Kind == mirror.Reopened || t.Kind == mirror.SentBack || t.ByReport || !o.Nature.CanBeLate() {
			continue
		}
		clear(told)
		for k := range holders {
			h := &holders[k]
			if !told[h.person] && t.Revision > e.seen(h) && t.Recorded.After(h.since) {
				told[h.person] = true
				e.to(h).shift(i, t, e.v.Amended(t.Recorded), o.Title)
			}
		}
	}
}

func (s *said) shift(i int, t mirror.Turn, amended bool, title fault.Text) {
	x := s.shifts[t.Recorded]
	if x == nil {
		x = &shift{Shift: Shift{Recorded: t.Recorded, Amended: amended}}
		s.shifts[t.Recorded] = x
	}
	switch t.Kind {
	case mirror.Moved:
		x.Moved++
	case mirror.Arrived:
		x.Arrived++
	case mirror.Gone:
		x.Gone++
	}
	if x.last != i+1 {
		x.Areas, x.last = x.Areas+1, i+1
	}
	if x.many = x.many || (len(x.Titles) == fewTitles && !slices.Contains(x.Titles, title)); x.many {
		x.Titles = nil
	} else if !slices.Contains(x.Titles, title) {
		x.Titles = append(x.Titles, title)
	}
}

// part puts what was collected in order: by urgency, then by place, day and the
// order of the work.
func (s *said) part(v *mirror.View) Part {
	part := Part{Frame: v.Frame(), Revision: v.Revision()}
	for _, x := range s.items {
		part.Items = append(part.Items, x)
	}
	for _, x := range s.shifts {
		part.Shifts = append(part.Shifts, x.Shift)
	}
	part.sort()
	return part
}

func (p *Part) sort() {
	slices.SortFunc(p.Items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.Why, b.Why), cmp.Compare(a.Area, b.Area), a.Limit.Day.Compare(b.Limit.Day),
			cmp.Compare(a.order, b.order), cmp.Compare(a.ID.Occurrence, b.ID.Occurrence))
	})
	slices.SortFunc(p.Shifts, func(a, b Shift) int { return a.Recorded.Compare(b.Recorded) })
}

// holder is somebody who is responsible in a place, since when.
type holder struct {
	person int
	since  time.Time
	role   access.Role
}

// roster says who is responsible where.
type roster struct {
	list   *area.List
	here   map[int][]holder // by area of the grant
	rights []access.Rights  // by person
}

// rosterOf places everybody in a list. Nobody is responsible for longer than the
// election is open, or than he can be told; and, where accounts live in another
// time than a trial, not only from later than now.
func (p *planner) rosterOf(list *area.List, opened time.Time) *roster {
	r := &roster{list: list, here: map[int][]holder{}, rights: make([]access.Rights, len(p.people))}
	for k := range p.people {
		who := &p.people[k]
		r.rights[k] = who.rights(list)
		for _, i := range r.rights[k].Held(access.Reporter) {
			since := latest(opened, who.Since, grantedAt(who.Grants, list, i))
			if since.After(p.now) {
				since = latest(opened, p.day(p.now).At(civil.Clock{}, p.zone))
			}
			r.here[i] = append(r.here[i], holder{person: k, since: since, role: r.rights[k].Granted(i)})
		}
	}
	return r
}

func (p *Person) rights(list *area.List) access.Rights {
	bare := make([]access.Grant, len(p.Grants))
	for n := range p.Grants {
		bare[n] = p.Grants[n].Grant
	}
	return access.NewRights(list, bare)
}

func grantedAt(grants []access.Granted, list *area.List, i int) time.Time {
	for n := range grants {
		if g := &grants[n]; g.Area == list.At(i).Code && (i == 0 || g.Edition == list.Edition()) {
			return g.At
		}
	}
	return time.Time{}
}

func latest(all ...time.Time) time.Time {
	return slices.MaxFunc(all, func(a, b time.Time) int { return a.Compare(b) })
}

// doers are who reports on an area: those granted the role reporter there, else
// those who lead there; where there is nobody, those of the nearest area above
// whose role covers it.
func (r *roster) doers(i int) []holder {
	for at := i; at >= 0; at = r.list.Parent(at) {
		if all := r.covering(at, i, access.Reporter); len(all) > 0 {
			reporters := slices.DeleteFunc(slices.Clone(all), func(h holder) bool { return h.role != access.Reporter })
			if len(reporters) > 0 {
				return reporters
			}
			return all
		}
	}
	return nil
}

// leads are who leads an area, or else the nearest one above.
func (r *roster) leads(i int) []holder { return r.leadsFrom(i, i) }

// above are who leads the level above an area, or else the next one above: those
// who confirm what it reports. The nation's own are for those who lead there.
func (r *roster) above(i int) []holder {
	if i == 0 {
		return r.leadsFrom(0, 0)
	}
	return r.leadsFrom(r.list.Parent(i), i)
}

func (r *roster) leadsFrom(at, i int) []holder {
	for ; at >= 0; at = r.list.Parent(at) {
		if all := r.covering(at, i, access.Lead); len(all) > 0 {
			return all
		}
	}
	return nil
}

// covering are those granted at least a role in one area who hold it in another
// at or below that, too.
func (r *roster) covering(at, i int, least access.Role) []holder {
	var all []holder
	for _, h := range r.here[at] {
		if h.role >= least && (at == i || r.rights[h.person].Role(i) >= least) {
			all = append(all, h)
		}
	}
	return all
}
