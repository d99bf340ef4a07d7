// Package mirrortest holds an election in memory for tests: a real log, made by
// real acts, that a mirror can follow. Its tables are a plain [tracker.Ledger],
// so that it is also what a mirror is held against. Its notifications can be
// lost, late or doubled, and its listeners cut off.
package mirrortest

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// ID is the election of every log here, opened on [Opened].
const ID tracker.ElectionID = "2021"

// Opened is the day on which the election was opened.
var Opened = civil.Must("2021-01-10")

// Zone is Vietnam's, which has no summer time.
var Zone = time.FixedZone("+07", 7*60*60)

// ErrCut is why a listener returns that was cut off.
var ErrCut = errors.New("mirrortest: the connection was cut")

// Log is an election with its log. Its methods may be called by many.
type Log struct {
	mu       sync.Mutex
	opening  *tracker.Opening
	frame    *tracker.Frame
	former   []*tracker.Frame // that amendments replaced
	ledger   tracker.Ledger
	voting   map[area.Code]tracker.VotingDay
	plans    []tracker.Plan
	notes    tracker.Notes
	bodies   []tracker.Body
	papers   []tracker.Document
	changes  []tracker.Change
	now      time.Time
	down     error
	loads    int
	ears     map[*ear]bool
	unheard  []tracker.Revision
	deafness func(tracker.Revision) Delivery
}

// ear is somebody who listens.
type ear struct {
	heard chan tracker.Revision
	cut   chan struct{}
}

// Delivery is what becomes of a notification.
type Delivery int

// The deliveries.
const (
	InTime Delivery = iota
	Lost
	Late // delivered with the next one that is in time, after it
	Twice
)

// Places is a small list of all kinds of areas: thành phố Bắc Kạn with its
// province and communes, Bạch Long Vĩ and Hoàng Sa.
func Places() *area.List { return area.Edition2021().Only("small", "058", "318", "498") }

// Opening is the election of 2021 in the areas of a list; nobody votes in Hoàng Sa.
func Opening(t require.TestingT, list *area.List) *tracker.Opening {
	book, err := statute.Load("2015")
	require.NoError(t, err)
	var exceptions []tracker.Exception
	if _, ok := list.Index("498"); ok {
		exceptions = append(exceptions, tracker.Exception{Area: "498"})
	}
	e := tracker.Election{ID: ID, Day: civil.Must("2021-05-23"), Rulebook: book.ID(), State: tracker.Running}
	o, err := tracker.NewOpening(e, book, list, exceptions, nil)
	require.NoError(t, err)
	return o
}

// Open opens an election in the areas of a list.
func Open(t require.TestingT, list *area.List) *Log {
	o := Opening(t, list)
	l := &Log{
		opening: o, frame: o.Frame, voting: map[area.Code]tracker.VotingDay{}, notes: tracker.Notes{},
		now: Opened.At(civil.NewClock(8, 0), Zone), ears: map[*ear]bool{},
	}
	codes := make([]area.Code, list.Len())
	for i := range codes {
		codes[i] = list.At(i).Code
	}
	ledger, err := o.Follow(codes...)
	require.NoError(t, err)
	l.ledger = ledger
	l.changes = []tracker.Change{{
		Election: ID, Kind: tracker.ElectionOpened, Milestone: tracker.MilestoneID{Area: area.Nation},
		Happened: Opened, Recorded: l.now, After: o.State(), Revision: 1, Cause: 1,
	}}
	return l
}

// Frame is the election with its state as of now.
func (l *Log) Frame() *tracker.Frame {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.frame
}

// Opening is what the election began with.
func (l *Log) Opening() *tracker.Opening { return l.opening }

// Now is the log's own clock.
func (l *Log) Now() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

// Pass lets time go by.
func (l *Log) Pass(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = l.now.Add(d)
}

// PassTo lets time go by until a day at eight o'clock.
func (l *Log) PassTo(day civil.Date) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = day.At(civil.NewClock(8, 0), Zone)
}

// All is the whole log. Read only.
func (l *Log) All() []tracker.Change {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clip(l.changes)
}

// Records are copies of all milestones with their tasks, in the order of their table.
func (l *Log) Records() []tracker.Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.records()
}

func (l *Log) records() []tracker.Record {
	all := make([]tracker.Record, 0, len(l.ledger))
	for _, r := range l.ledger {
		all = append(all, tracker.Record{Milestone: r.Milestone, Tasks: slices.Clone(r.Tasks)})
	}
	slices.SortFunc(all, func(a, b tracker.Record) int { return compareIDs(a.Milestone.ID, b.Milestone.ID) })
	return all
}

// Do runs one act, now, and tells whoever listens. What it may not do it
// returns, and nothing is changed.
func (l *Log) Do(decide func(*tracker.Act) error) ([]tracker.Change, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	act := tracker.Begin(l.frame, tracker.Actor{ID: "test"}, l.now, Zone, tracker.Found{
		Records: l.records(), Voting: l.inForce(), Election: &tracker.Present{State: l.frame.Election.State},
		Plans: l.plansByKey(), Documents: l.documents(), Notes: l.notes,
	})
	if err := decide(act); err != nil {
		return nil, err
	}
	head, cause := l.changes[len(l.changes)-1].Head(), tracker.Revision(0)
	sealed := slices.Clone(act.Changes())
	for i := range sealed {
		sealed[i].Cause = cause
		if err := sealed[i].Seal(head); err != nil {
			return nil, err
		}
		head, cause = sealed[i].Head(), sealed[0].Revision
		l.enter(&sealed[i])
	}
	if len(sealed) > 0 {
		l.tell(head.Revision)
	}
	return sealed, nil
}

func (l *Log) plansByKey() map[string]tracker.Plan {
	all := map[string]tracker.Plan{}
	for _, p := range l.plans {
		all[p.Key] = p
	}
	return all
}

func (l *Log) documents() (all []tracker.Document) {
	for _, c := range l.changes {
		if c.Kind == tracker.DocumentAdded {
			all = append(all, *c.After.Document)
		}
	}
	return all
}

// enter writes one change to the log and the tables.
func (l *Log) enter(c *tracker.Change) {
	l.changes = append(l.changes, *c)
	l.ledger.Apply(c)
	l.notes.Apply(c)
	switch c.Kind {
	case tracker.PlanAdded:
		l.plans = append(slices.Clip(l.plans), c.After.Plan.At(c.Revision, nil))
	case tracker.PlanChanged, tracker.PlanWithdrawn:
		l.plans = slices.Clone(l.plans)
		at := slices.IndexFunc(l.plans, func(p tracker.Plan) bool { return p.Key == c.Subject })
		l.plans[at] = c.After.Plan.At(c.Revision, &l.plans[at])
	case tracker.BodyAdded:
		b := *c.After.Body
		b.Revision = c.Revision
		l.bodies = append(l.bodies, b)
	case tracker.DocumentAdded:
		d := *c.After.Document
		d.Revision = c.Revision
		l.papers = append(l.papers, d)
	case tracker.VotingDaySet:
		d := *c.After.VotingDay
		d.Revision = c.Revision
		l.voting[d.Area] = d
	case tracker.ElectionMoved:
		l.frame = l.frame.In(c.After.Election.State)
	}
}

// Deliver decides from now on what becomes of notifications.
func (l *Log) Deliver(how func(tracker.Revision) Delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deafness = how
}

func (l *Log) tell(r tracker.Revision) {
	how := InTime
	if l.deafness != nil {
		how = l.deafness(r)
	}
	var out []tracker.Revision
	switch how {
	case Lost:
	case Late:
		l.unheard = append(l.unheard, r)
	case Twice:
		out = append([]tracker.Revision{r, r}, l.unheard...)
	case InTime:
		out = append([]tracker.Revision{r}, l.unheard...)
	}
	if len(out) > 0 {
		l.unheard = nil
	}
	for e := range l.ears {
		for _, r := range out {
			select {
			case e.heard <- r:
			default: // as lost as anything can be
			}
		}
	}
}

// Cut cuts off everybody who listens.
func (l *Log) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for e := range l.ears {
		close(e.cut)
		delete(l.ears, e)
	}
}

// Break makes every question fail with err, until it is nil again.
func (l *Log) Break(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = err
}

// Loads counts how often the whole election was read.
func (l *Log) Loads() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.loads
}

// Heads implements [mirror.Source].
func (l *Log) Heads(context.Context) (map[tracker.ElectionID]tracker.Revision, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down != nil {
		return nil, l.down
	}
	return map[tracker.ElectionID]tracker.Revision{ID: l.head()}, nil
}

func (l *Log) head() tracker.Revision { return l.changes[len(l.changes)-1].Revision }

// Snapshot implements [mirror.Source].
func (l *Log) Snapshot(_ context.Context, e tracker.ElectionID, milestone func(*tracker.Milestone) error, change func(*tracker.Change) error) (mirror.Snapshot, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down != nil {
		return mirror.Snapshot{}, l.down
	}
	if e != ID {
		return mirror.Snapshot{}, tracker.ElectionNotFound(e)
	}
	l.loads++
	for _, r := range l.records() {
		if err := milestone(&r.Milestone); err != nil {
			return mirror.Snapshot{}, err
		}
	}
	for _, c := range l.changes {
		switch c.Kind {
		case tracker.BodyAdded, tracker.DocumentAdded, tracker.StatementAdded, tracker.RecordEntered,
			tracker.NoteAdded, tracker.NoteChanged, tracker.NoteRemoved:
			continue
		}
		c.Before, c.Actor, c.Reason = tracker.State{}, tracker.Actor{}, ""
		if err := change(&c); err != nil {
			return mirror.Snapshot{}, err
		}
	}
	return mirror.Snapshot{
		Frame: l.frame, Former: former(l.former, l.frame.Election.State), Revision: l.head(),
		Plans: slices.Clone(l.plans), VotingDays: slices.Collect(maps.Values(l.voting)),
		Bodies: slices.Clone(l.bodies), Documents: slices.Clone(l.papers),
	}, nil
}

// former are frames with the election's state as of now, as everywhere.
func former(frames []*tracker.Frame, s tracker.ElectionState) []*tracker.Frame {
	var all []*tracker.Frame
	for _, f := range frames {
		all = append(all, f.In(s))
	}
	return all
}

// Changes implements [mirror.Source].
func (l *Log) Changes(_ context.Context, _ tracker.ElectionID, after tracker.Revision, limit int) ([]tracker.Change, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down != nil {
		return nil, l.down
	}
	rest := l.changes[min(int(after), len(l.changes)):]
	return slices.Clone(rest[:min(limit, len(rest))]), nil
}

// Listen implements [mirror.Source].
func (l *Log) Listen(ctx context.Context, ready func(), heard func(tracker.ElectionID, tracker.Revision)) error {
	e := &ear{heard: make(chan tracker.Revision, 100), cut: make(chan struct{})}
	l.mu.Lock()
	if err := l.down; err != nil {
		l.mu.Unlock()
		return err
	}
	l.ears[e] = true
	l.mu.Unlock()
	ready()
	for {
		select {
		case <-ctx.Done():
			l.mu.Lock()
			delete(l.ears, e)
			l.mu.Unlock()
			return ctx.Err()
		case <-e.cut:
			return ErrCut
		case r := <-e.heard:
			heard(ID, r)
		}
	}
}

// Rewind takes the log and its tables back to a revision, as a database that
// was restored would.
func (l *Log) Rewind(t require.TestingT, to tracker.Revision) {
	fresh := Open(t, l.opening.Frame.List)
	l.mu.Lock()
	defer l.mu.Unlock()
	rest := slices.Clone(l.changes[1:to])
	l.frame, l.ledger, l.voting, l.plans, l.changes = fresh.frame, fresh.ledger, fresh.voting, nil, fresh.changes
	l.bodies, l.papers, l.notes = nil, nil, tracker.Notes{}
	for i := range rest {
		l.enter(&rest[i])
	}
}

// View loads the log as it is now.
func (l *Log) View(t require.TestingT) *mirror.View {
	v, err := mirror.Load(context.Background(), l, ID)
	require.NoError(t, err)
	return v
}

var _ mirror.Source = (*Log)(nil)

func compareIDs(a, b tracker.MilestoneID) int {
	return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Occurrence, b.Occurrence))
}
