package tracker

import (
	"context"
	"slices"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
)

// AmendCommand changes what an election stands on: its day, the version of its
// rulebook, or both.
type AmendCommand struct {
	Day     civil.Date // none: it stays
	Version string     // of the same rulebook; empty: it stays
	// Document is the number of the document that decides it; empty where none
	// does, as for a corrected rulebook.
	Document string
	Reason   string
	// If is when the election itself last changed, as the caller knows it
	// ([Ground.Changed]); 0: whatever it is.
	If Revision
}

// AmendmentState is, in the log, what an amendment rests on.
type AmendmentState struct {
	Document string `json:"document,omitempty"`
}

// Ground is what an amendment is decided on.
type Ground struct {
	Frame *Frame
	// Rulebook finds a version of the election's rulebook.
	Rulebook func(version string) (*statute.Rulebook, error)
	// Voting days in force, of the whole country.
	Voting map[area.Code]statute.Voting
	// Lines are the keys of the lines of local plans.
	Lines []MilestoneKey
	// Changed is when the election was opened, came into its state or was last amended.
	Changed Revision
}

// Amendment is a decided change of what an election stands on. It is pure:
// [Amendment.Area] says what it does in each area, and nothing else happens.
type Amendment struct {
	Before, After *Frame
	Document      string
	Reason        string

	actor  Actor
	now    time.Time
	today  civil.Date
	voting map[area.Code]statute.Voting
	done   statute.DoneDays
	held   map[MilestoneID]civil.Date // last votes under rules that occur, as amended
}

// farFromDecided is further than any election was ever moved: the Constitution
// (Article 71) lengthens a term by twelve months at most, but for a war. It keeps
// a mistyped year out, and dates that no calendar of four digits can write.
const farFromDecided = 3 * 366 // days

// NewAmendment decides an amendment, or says why there can be none.
func NewAmendment(g Ground, c AmendCommand, actor Actor, now time.Time, zone *time.Location) (*Amendment, error) {
	e := g.Frame.Election
	if c.If != 0 && c.If != g.Changed {
		return nil, stale(g.Changed, c.If, e)
	}
	if e.State == Closed {
		return nil, fault.New(fault.Conflict, "election-closed",
			"Cuộc bầu cử %s đã kết thúc, không sửa ngày hay luật nữa", "Election %s is closed; neither its day nor its rules are amended any more", e.ID)
	}
	var wrong faults
	wrong.text("/document", c.Document, maxNumber)
	wrong.text("/reason", c.Reason, maxReason)
	if isBlank(c.Reason) {
		wrong.add("/reason", "reason-missing", "Cần lý do sửa đổi; hãy ghi ngắn gọn vì sao", "An amendment needs a reason; say shortly why")
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	day, book := e.Day, g.Frame.Rulebook
	if !c.Day.IsZero() {
		day = c.Day
	}
	if c.Version != "" && c.Version != e.RulebookVersion {
		var err error
		if book, err = g.Rulebook(c.Version); err != nil {
			return nil, at(err, "/rulebook_version")
		}
		if err := fitting(book, g.Frame.List); err != nil {
			return nil, at(err, "/rulebook_version")
		}
	}
	if away := e.Day.DaysUntil(day); away > farFromDecided || -away > farFromDecided {
		return nil, fault.New(fault.Invalid, "election-day-too-far",
			"Ngày %s cách ngày bầu cử đang định (%s) hơn %d ngày; kiểm tra lại ngày, tháng, năm",
			"%s is more than %[3]d days from election day as it is decided, %[2]s; check day, month and year",
			day.Vietnamese(), e.Day.Vietnamese(), farFromDecided).At("/election_day")
	}
	if day == e.Day && book == g.Frame.Rulebook {
		return nil, fault.New(fault.Conflict, "amendment-empty",
			"Không có gì thay đổi: ngày bầu cử vẫn là %s, bộ quy tắc vẫn là %s; nêu ngày khác hoặc phiên bản khác",
			"Nothing would change: election day is %s and the rulebook %s already; name another day or another version",
			day.Vietnamese(), e.RulebookVersion)
	}
	for _, key := range g.Lines {
		if _, err := book.Rule(statute.RuleKey(key)); err == nil {
			return nil, fault.New(fault.Conflict, "plan-line-is-a-rule",
				"Phiên bản %[2]s có quy định trùng khóa với dòng %[1]q của một kế hoạch địa phương, còn hiệu lực hay đã rút; đổi khóa của quy định rồi nạp lại với số phiên bản mới",
				"Version %[2]s has a rule with the key of line %[1]q of a local plan, in force or withdrawn; give the rule another key and import it as a new version", key, book.Version())
		}
	}
	return &Amendment{
		Before: g.Frame, After: g.Frame.By(day, book, 0), Document: c.Document, Reason: c.Reason,
		actor: actor, now: now, today: civil.Of(now, zone), voting: g.Voting,
	}, nil
}

func at(err error, pointer string) error {
	if f, ok := fault.As(err); ok {
		return f.At(pointer)
	}
	return err
}

// Change is the amendment itself as the log keeps it, before all that follows
// from it.
func (am *Amendment) Change() Change {
	return am.entry(Change{
		Kind: ElectionAmended, Milestone: MilestoneID{Area: area.Nation}, Subject: string(am.Before.Election.ID), Reason: am.Reason,
		Before: State{Election: &OpenedState{Election: am.Before.Election}},
		After:  State{Election: &OpenedState{Election: am.After.Election}, Amendment: &AmendmentState{Document: am.Document}},
	})
}

func (am *Amendment) entry(c Change) Change {
	c.Election, c.Actor, c.Recorded, c.Happened = am.Before.Election.ID, am.actor.recorded(), am.now, am.today
	return c
}

// Claim is the request that the amendment is made for.
func (am *Amendment) Claim() Claim { return am.actor.Claim }

// Counted lists the rules whose done days the amendment has to know, as others
// are counted from them.
func (am *Amendment) Counted() []MilestoneKey {
	var keys []MilestoneKey
	for _, r := range am.After.Rulebook.Rules() {
		if len(am.After.Rulebook.Dependents(r.Key)) > 0 {
			keys = append(keys, MilestoneKey(r.Key))
		}
	}
	return keys
}

// Tasked lists the rules whose milestones' tasks the amendment has to see: those
// that exist elsewhere, or with other steps, than before. Of all others it needs
// the milestones alone.
func (am *Amendment) Tasked() []MilestoneKey {
	if am.Before.Rulebook == am.After.Rulebook {
		return nil
	}
	c := statute.Compare(am.Before.Rulebook, am.After.Rulebook)
	var keys []MilestoneKey
	for _, part := range [][]statute.RuleKey{c.Added, c.Removed, c.Places} {
		for _, key := range part {
			keys = append(keys, MilestoneKey(key))
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Prepare tells the amendment what dates anywhere may be counted from: on which
// days milestones of [Amendment.Counted] were done, and all that has occurred.
// It has to be told before it is asked about areas.
func (am *Amendment) Prepare(done statute.DoneDays, occurred []Milestone) error {
	am.done, am.held = done, map[MilestoneID]civil.Date{}
	for k := range occurred {
		m := occurred[k]
		i, ok := am.After.List.Index(m.ID.Area)
		if !ok {
			continue
		}
		w := am.in(i)
		d, due, err := w.deadline(&m)
		if err != nil {
			return err
		}
		switch {
		case due && m.Work.Open():
			m.Dates = datesOf(d)
		case m.Work.Open():
			m = m.cancelled()
		}
		at := MilestoneID{Area: m.ID.Area, Key: m.ID.Key}
		am.held[at] = civil.Later(am.held[at], m.heldOn())
	}
	return nil
}

// doneDay is the day a milestone was done on; of a rule that occurs, the day of
// the last vote under it.
func (am *Amendment) doneDay(code area.Code, key statute.RuleKey) civil.Date {
	if rule, err := am.After.Rulebook.Rule(key); err == nil && rule.Nature == statute.OnOccurrence {
		return am.held[MilestoneID{Area: code, Key: MilestoneKey(key)}]
	}
	return am.done(code, key)
}

// Amended is what an amendment does in one area.
type Amended struct {
	Area area.Code
	// Changes without a place in the log.
	Changes []Change
	// Conflicts of the area's milestones, and of the area itself (without a key).
	Conflicts []Conflict
}

// Area says what the amendment does in the area at index i, which has these
// records: what is open gets the dates that now follow for it; what is finished
// stays; what the rules ask for anew is added; what they no longer ask for is
// cancelled. Tasks are needed of [Amendment.Tasked].
func (am *Amendment) Area(i int, records []Record) (Amended, error) {
	f, w := am.After, am.in(i)
	deadlines, err := f.Rulebook.ScheduledWith(f.Law(), w.chain, am.doneDay)
	if err != nil {
		return Amended{}, err
	}
	w.due = make(map[MilestoneKey]statute.Deadline, len(deadlines))
	for _, d := range deadlines {
		w.due[MilestoneKey(d.Rule.Key)] = d
	}
	w.votingDay()
	there := make(map[MilestoneKey]bool, len(records))
	for k := range records {
		if records[k].Milestone.ID.Occurrence == 0 {
			there[records[k].Milestone.ID.Key] = true
		}
		if err := w.record(&records[k]); err != nil {
			return Amended{}, err
		}
	}
	for _, d := range deadlines {
		if !there[MilestoneKey(d.Rule.Key)] {
			w.create(newRecord(f, w.chain[0].Code, 0, d))
		}
	}
	return w.out, nil
}

// in is the area at index i before anything is amended there.
func (am *Amendment) in(i int) *amending {
	chain := am.After.Chain(i, am.votingOf)
	return &amending{Amendment: am, chain: chain, here: am.Before.Place(i, am.votingOf), out: Amended{Area: chain[0].Code}}
}

func (am *Amendment) votingOf(code area.Code) statute.Voting { return am.voting[code] }

// amending is one area being amended.
type amending struct {
	*Amendment
	chain []statute.Place
	due   map[MilestoneKey]statute.Deadline
	here  statute.Place // as the rules before see it
	out   Amended
}

func (w *amending) emit(c Change) { w.out.Changes = append(w.out.Changes, w.entry(c)) }

func (w *amending) conflict(id MilestoneID, what Warning) {
	w.out.Conflicts = append(w.out.Conflicts, Conflict{Milestone: id, Warning: what})
}

func (w *amending) record(r *Record) error {
	m := &r.Milestone
	if m.Local() {
		w.localPlan(m)
		return nil
	}
	d, due, err := w.deadline(m)
	switch {
	case err != nil:
		return err
	case due && w.wasCancelled(m):
		w.restore(r, d)
	case due && m.Work.Open():
		w.move(r, d)
	case due:
		w.keep(m, d)
	case m.Work.Open():
		w.cancel(r)
	}
	return nil
}

// deadline is what the rules now say of a milestone; false when they no longer
// have it.
func (w *amending) deadline(m *Milestone) (d statute.Deadline, due bool, err error) {
	if m.ID.Occurrence == 0 {
		d, due = w.due[m.ID.Key]
		return d, due, nil
	}
	rule, err := w.After.Rulebook.Rule(m.Rule())
	if fault.Is(err, "rule-not-found") || (err == nil && (rule.Trigger == nil || !rule.AppliesTo(w.chain[0]))) {
		return d, false, nil
	}
	if err != nil {
		return d, false, err
	}
	occurred := map[string]civil.Date{rule.Trigger.Key: m.occurredOn(w.Before.Rulebook)}
	d, err = w.After.Rulebook.Deadline(rule.Key, w.After.Law(), w.chain, w.doneDay, occurred)
	return d, true, err
}

// wasCancelled says that an earlier amendment took a milestone away that the
// rules before did not have either.
func (w *amending) wasCancelled(m *Milestone) bool {
	return m.Work == Cancelled && m.ID.Occurrence == 0 && !w.Before.Rulebook.Schedules(m.Rule(), w.Before.Law(), w.here)
}

// move gives an open milestone the dates and the steps that now follow for it.
func (w *amending) move(r *Record, d statute.Deadline) {
	was := r.Milestone
	next := was
	next.Dates, next.RulebookVersion = datesOf(d), w.After.Rulebook.Version()
	if next.Dates != was.Dates {
		w.emit(Change{
			Kind: MilestoneMoved, Milestone: was.ID,
			Before: State{Milestone: milestoneState(&was)}, After: State{Milestone: milestoneState(&next)},
		})
		w.ask(&was, &next)
	} else {
		next = was
	}
	w.steps(&Record{Milestone: next, Tasks: slices.Clone(r.Tasks)}, d.Rule)
}

// ask says what is doubtful in a milestone now and was not before.
func (w *amending) ask(was, next *Milestone) {
	for _, q := range questions(milestoneState(was), milestoneState(next), w.today) {
		w.conflict(was.ID, q)
	}
}

// steps gives a milestone the steps that its rule has now. Where the rule asks
// for no work any more, what it asked for stays as it is.
func (w *amending) steps(r *Record, rule *statute.Rule) {
	keys := stepKeys(rule)
	if was, err := w.Before.Rulebook.Rule(rule.Key); len(keys) == 0 || (err == nil && slices.Equal(stepKeys(was), keys)) {
		return
	}
	for _, key := range keys {
		if _, err := r.Task(key); err != nil {
			w.task(r, TaskAdded, Task{Key: key, Position: r.lastPosition() + 1})
		}
	}
	for _, t := range slices.Clone(r.Tasks) {
		switch asked := slices.Contains(keys, t.Key); {
		case asked && t.Status == Cancelled:
			t.Status, t.Reason = NotStarted, ""
			w.task(r, TaskUpdated, t)
		case !asked && !t.Own && t.Title == (fault.Text{}) && t.Status.Open():
			w.task(r, TaskUpdated, t.dropped(w.Reason))
		}
	}
}

func stepKeys(r *statute.Rule) []TaskKey {
	var keys []TaskKey
	for _, s := range r.Steps() {
		keys = append(keys, TaskKey(s.Key))
	}
	return keys
}

// task changes a task of a record, and the record with it.
func (w *amending) task(r *Record, kind Kind, next Task) {
	before := State{Milestone: milestoneState(&r.Milestone)}
	tasks := slices.Clone(r.Tasks)
	if t, err := r.Task(next.Key); err == nil {
		before.Task = taskState(t)
		tasks[slices.IndexFunc(tasks, func(x Task) bool { return x.Key == next.Key })] = next
	} else {
		tasks = append(tasks, next)
	}
	after := r.Milestone.following(tasks)
	after.RulebookVersion = w.After.Rulebook.Version()
	w.emit(Change{
		Kind: kind, Milestone: r.Milestone.ID, Task: next.Key, Reason: w.Reason,
		Before: before, After: State{Task: taskState(&next), Milestone: milestoneState(&after)},
	})
	*r = Record{Milestone: after, Tasks: tasks}
}

// keep leaves a finished milestone as it is, and says where the day it was done
// on does not fit the dates that would now follow for it.
func (w *amending) keep(m *Milestone, d statute.Deadline) {
	next := *m
	next.Dates = datesOf(d)
	if m.Work == Done && next.Dates != m.Dates {
		w.ask(m, &next)
	}
}

// cancel takes away an open milestone that the rules no longer have. Its tasks
// stay as they were reported.
func (w *amending) cancel(r *Record) {
	was := r.Milestone
	next := was.cancelled()
	w.emit(Change{
		Kind: MilestoneCancelled, Milestone: was.ID, Reason: w.Reason, Before: State{Milestone: milestoneState(&was)},
		After: State{Milestone: milestoneState(&next), Withdrawal: &Withdrawal{On: w.today, Reason: w.Reason, Document: w.Document}},
	})
	if was.Work != NotStarted {
		w.conflict(was.ID, Warning{Code: "cancelled-in-progress", Text: fault.Textf(
			"Luật không còn quy định này mà việc đã bắt đầu (%s); việc bị hủy, báo cáo vẫn ở lịch sử",
			"The rules no longer have this and work had begun (%s); it is cancelled, the reports stay in the history", was.Work)})
	}
}

// restore brings back what an earlier amendment had cancelled, as it was left.
func (w *amending) restore(r *Record, d statute.Deadline) {
	next := r.Milestone
	next.Dates, next.RulebookVersion = datesOf(d), w.After.Rulebook.Version()
	next = next.restored(r.Tasks)
	w.emit(Change{
		Kind: MilestoneRestored, Milestone: next.ID, Reason: w.Reason,
		Before: State{Milestone: milestoneState(&r.Milestone)}, After: State{Milestone: milestoneState(&next)},
	})
	w.ask(&r.Milestone, &next)
	if next.Work.Open() {
		w.steps(&Record{Milestone: next, Tasks: slices.Clone(r.Tasks)}, d.Rule)
	}
}

func (w *amending) create(r Record) {
	w.emit(Change{
		Kind: MilestoneAdded, Milestone: r.Milestone.ID, Reason: w.Reason,
		After: State{Milestone: milestoneState(&r.Milestone), Tasks: taskStates(r.Tasks)},
	})
	w.ask(&Milestone{ID: r.Milestone.ID}, &r.Milestone)
}

// localPlan says when election day has passed over a line of a local plan, whose
// dates stay.
func (w *amending) localPlan(m *Milestone) {
	if !m.Work.Open() {
		return
	}
	for _, day := range []civil.Date{m.NotBefore.Day, m.Latest.Day} {
		if w.crossed(day) {
			w.conflict(m.ID, Warning{Code: "plan-crossed", Text: fault.Textf(
				"Ngày %s của kế hoạch địa phương nay ở phía bên kia ngày bầu cử %s; kế hoạch giữ nguyên, cơ quan lập kế hoạch cần xem lại",
				"The day %s of the local plan is now on the other side of election day %s; the plan stays, who made it has to look at it again",
				day.Vietnamese(), w.After.Election.Day.Vietnamese())})
			return
		}
	}
}

// votingDay says when election day has passed over the area's own voting day.
func (w *amending) votingDay() {
	code := w.chain[0].Code
	if v := w.voting[code]; w.crossed(v.Day) {
		w.conflict(MilestoneID{Area: code}, Warning{Code: "voting-day-crossed", Text: fault.Textf(
			"Ngày bỏ phiếu riêng %s nay ở phía bên kia ngày bầu cử %s; ngày ấy giữ nguyên, cần quyết định lại (Điều 72)",
			"The voting day of its own, %s, is now on the other side of election day %s; it stays and has to be decided anew (Article 72)",
			v.Day.Vietnamese(), w.After.Election.Day.Vietnamese())})
	}
}

// crossed says that a day was on one side of election day and is now on the other.
func (w *amending) crossed(day civil.Date) bool {
	return !day.IsZero() && day.After(w.Before.Election.Day) != day.After(w.After.Election.Day)
}

// Amend changes what an election stands on, its day or its rulebook, with all
// that follows from it, and returns the change of the election. each (may be
// nil) sees what it does in every area, in the order of the list.
func (s *Service) Amend(ctx context.Context, e ElectionID, actor Actor, c AmendCommand, each func(*Amended) error) (Change, error) {
	amended, err := s.store.Amend(ctx, e, s.amendment(c, actor), each)
	if err != nil {
		return Change{}, err
	}
	s.forget(e)
	// The follower reads the election anew; what follows from this one change is
	// as long as the country is large.
	_ = s.follow(ctx, []Change{amended})
	return amended, nil
}

// PreviewAmendment goes through what Amend would do now in an area and all below
// it, and changes nothing.
func (s *Service) PreviewAmendment(ctx context.Context, e ElectionID, actor Actor, c AmendCommand, within area.Code, each func(*Amended) error) (*Amendment, error) {
	var am *Amendment
	decide := s.amendment(c, actor)
	err := s.store.Preview(ctx, e, within, func(g Ground) (_ *Amendment, err error) {
		am, err = decide(g)
		return am, err
	}, each)
	return am, err
}

func (s *Service) amendment(c AmendCommand, actor Actor) func(Ground) (*Amendment, error) {
	return func(g Ground) (*Amendment, error) { return NewAmendment(g, c, actor, s.now(), s.zone) }
}
