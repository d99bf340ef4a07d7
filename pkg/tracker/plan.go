package tracker

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
)

// Limits of a local plan. A body of 64 kB holds so many lines as people write
// them; so many milestones are written in about a second.
const (
	MaxPlanLines      = 40
	MaxPlanMilestones = 6000

	maxTitle = 300
	maxSteps = 20
)

// Withdrawal is why a plan, or a line of one, no longer holds, since which day,
// and the document that says so.
type Withdrawal struct {
	On       civil.Date `json:"on"`
	Reason   string     `json:"reason"`
	Document string     `json:"document,omitempty"`
}

// Plans are all local plans as the act has left them, by their keys; only of an
// act that needs them. Read only.
func (a *Act) Plans() map[string]Plan { return a.plans }

func (a *Act) keep(p Plan) {
	if a.plans == nil {
		a.plans = map[string]Plan{}
	}
	a.plans[p.Key] = p
}

// lineKeys are the keys of all lines of all plans, those taken out as well: a
// key is never used twice.
func (a *Act) lineKeys() map[string]bool {
	keys := map[string]bool{}
	for _, p := range a.plans {
		for i := range p.Lines {
			keys[string(p.Lines[i].Key)] = true
		}
	}
	return keys
}

// Line finds a line of the plan; nil when it has none of this key.
func (p *Plan) Line(key MilestoneKey) *PlanLine {
	for i := range p.Lines {
		if p.Lines[i].Key == key {
			return &p.Lines[i]
		}
	}
	return nil
}

// At is the plan as a change at a revision leaves it; was is the plan before,
// nil when it is new.
func (p *Plan) At(r Revision, was *Plan) Plan {
	next := *p
	next.Revision, next.Entered = r, r
	if was != nil {
		next.Entered = was.Entered
	}
	next.Lines = slices.Clone(p.Lines)
	for i := range next.Lines {
		next.Lines[i].Entered = r
		if was == nil {
			continue
		}
		if old := was.Line(next.Lines[i].Key); old != nil {
			next.Lines[i].Entered = old.Entered
		}
	}
	return next
}

// PlanNotFound says that there is no such plan.
func PlanNotFound(key string) *fault.Error {
	return fault.New(fault.NotFound, "plan-not-found",
		"Không có kế hoạch %q; xem danh sách ở …/plans", "There is no plan %q; the list is at …/plans", trim(key))
}

// Where says for which areas a line of a plan is: those that it names, or all of
// a level in a branch, as the list has them when it is entered.
type Where struct {
	Areas []area.Code
	Under area.Code
	Level area.Level
}

// LineEntry is a line as it is entered: where it is for in place of Areas; its
// key is made of its title when it has none.
type LineEntry struct {
	PlanLine
	Where Where
}

// PlanEntry enters a local plan. It is there from the day of its own document,
// where one is given, else from today.
type PlanEntry struct {
	// Key is made of the title when it is empty.
	Key       string
	Area      area.Code
	Title     fault.Text     // in English as in Vietnamese where there is none
	Documents []string       // entered already
	Document  DocumentChoice // the plan's own
	Lines     []LineEntry
}

// LineEdit changes a line; what was not sent is not touched. What kind of work
// it is (nature) and its steps stay as they were entered.
type LineEdit struct {
	Key         MilestoneKey
	Remove      bool
	Title       Set[fault.Text]
	Phase       Set[string]
	NotBefore   Set[civil.Date]
	Latest      Set[civil.Date]
	Where       Set[Where]
	Responsible Set[[]Responsible]
	Note        Set[string]
}

// PlanEdit changes a plan.
type PlanEdit struct {
	Plan      string
	If        Revision // the revision that the caller knows
	Title     Set[fault.Text]
	Documents Set[[]string]
	Document  DocumentChoice // another document of the plan
	Edit      []LineEdit
	Add       []LineEntry
	// Reason is needed when lines are taken out.
	Reason string
}

// PlanWithdrawal withdraws a plan as a whole.
type PlanWithdrawal struct {
	Plan     string
	If       Revision
	Reason   string
	Document DocumentChoice // that withdraws it
}

// EnterPlan enters a local plan and creates its milestones. It returns its key.
func (a *Act) EnterPlan(c PlanEntry) (string, error) {
	if _, err := a.Frame.List.Get(c.Area); err != nil {
		if f, ok := fault.As(err); ok {
			return "", f.At("/area")
		}
		return "", err
	}
	happened, err := a.documentDay(c.Document)
	if err != nil {
		return "", err
	}
	var wrong faults
	p := Plan{Key: c.Key, Area: c.Area, Title: bilingual(c.Title), Documents: a.known(&wrong, c.Documents)}
	wrong.title("/title", p.Title)
	taken := func(k string) bool { _, there := a.plans[k]; return there }
	switch {
	case p.Key == "":
		p.Key = madeKey(p.Title.Vi, taken)
	case taken(p.Key):
		wrong.add("/key", "plan-exists", "Đã có kế hoạch với khóa này; chọn khóa khác hoặc bỏ trống", "There is a plan with this key; choose another or leave it out")
	}
	if len(c.Lines) == 0 {
		wrong.add("/lines", "plan-empty", "Kế hoạch chưa có dòng nào; thêm ít nhất một dòng", "The plan has no line; add one at least")
	}
	a.addLines(&wrong, &p, "/lines", c.Lines)
	a.held(&wrong, &p)
	if err := wrong.err(); err != nil {
		return "", err
	}
	key, err := a.document(c.Area, c.Document)
	if err != nil {
		return "", err
	}
	p.Documents = joined(p.Documents, key)
	return p.Key, a.AddPlan(p, happened)
}

// known checks that documents have been entered.
func (a *Act) known(wrong *faults, keys []string) []string {
	for k, key := range keys {
		if _, ok := a.documents[key]; !ok {
			wrong.add("/documents/"+strconv.Itoa(k), "document-unknown",
				"Không có văn bản %q; xem danh sách ở …/documents, hoặc ghi văn bản mới",
				"There is no document %q; the list is at …/documents, or give a new one", trim(key))
		}
	}
	return keys
}

// joined adds the key of a document to others; none is not added.
func joined(keys []string, key string) []string {
	if key == "" || slices.Contains(keys, key) {
		return keys
	}
	return append(slices.Clone(keys), key)
}

// addLines gives the plan new lines, with keys.
func (a *Act) addLines(wrong *faults, p *Plan, at string, lines []LineEntry) {
	taken := a.lineKeys()
	for i := range p.Lines {
		taken[string(p.Lines[i].Key)] = true
	}
	used := func(k string) bool {
		_, err := a.Frame.Rulebook.Rule(statute.RuleKey(k))
		return taken[k] || err == nil
	}
	for i := range lines {
		at, l := at+"/"+strconv.Itoa(i), lines[i].PlanLine
		l.Title = bilingual(l.Title)
		if l.Key == "" {
			l.Key = MilestoneKey(madeKey(l.Title.Vi, used))
		} else if _, err := a.Frame.Rulebook.Rule(statute.RuleKey(l.Key)); err == nil {
			wrong.add(at+"/key", "plan-line-is-a-rule",
				"Dòng %q của kế hoạch trùng khóa với một quy định của luật; việc luật đã định thì đặt ngày kế hoạch ở chính mốc đó",
				"Line %q of the plan has the key of a rule of the law; what the law demands is planned at its own milestone", l.Key)
		} else if taken[string(l.Key)] {
			wrong.add(at+"/key", "plan-line-exists",
				"Khóa %q đã có dòng kế hoạch khác dùng; chọn khóa khác hoặc bỏ trống", "The key %q is that of another line; choose another or leave it out", trim(string(l.Key)))
		}
		taken[string(l.Key)] = true
		l.Areas = a.places(wrong, at+"/areas", p.Area, lines[i].Where)
		wrong.line(at, &l)
		l.Steps = slices.Clone(l.Steps)
		for k := range l.Steps {
			s := &l.Steps[k]
			s.Title = bilingual(s.Title)
			if s.Key == "" {
				s.Key = TaskKey(madeKey(s.Title.Vi, func(k string) bool {
					return slices.ContainsFunc(l.Steps, func(x PlanStep) bool { return string(x.Key) == k })
				}))
			}
		}
		p.Lines = append(p.Lines, l)
	}
}

// held checks the plan as a whole.
func (a *Act) held(wrong *faults, p *Plan) {
	lines, milestones := 0, 0
	for i := range p.Lines {
		if p.Lines[i].Withdrawn == nil {
			lines, milestones = lines+1, milestones+len(p.Lines[i].Areas)
		}
	}
	if lines > MaxPlanLines {
		wrong.add("/lines", "plan-too-long",
			"Kế hoạch có %d dòng, tối đa %d; tách thành nhiều kế hoạch", "The plan has %d lines, at most %d; make several plans of it", lines, MaxPlanLines)
	}
	if milestones > MaxPlanMilestones {
		wrong.add("/lines", "plan-too-wide",
			"Các dòng tạo ra %d mốc ở các đơn vị, tối đa %d; bớt đơn vị hoặc tách kế hoạch theo huyện",
			"The lines make %d milestones, at most %d; name fewer areas, or make one plan for each district", milestones, MaxPlanMilestones)
	}
	w := faults{}
	w.plan(a.Frame.Rulebook, p)
	wrong.all = append(wrong.all, w.all...)
}

// places resolves for which areas a line is: in the order of the list, each once.
func (a *Act) places(wrong *faults, at string, branch area.Code, w Where) []area.Code {
	list := a.Frame.List
	top, _ := list.Index(branch)
	var found []int
	take := func(at string, code area.Code) (int, bool) {
		i, ok := list.Index(code)
		switch {
		case !ok:
			_, err := list.Get(code)
			wrong.because(at, err)
		case i != top && !list.Under(i, top):
			wrong.add(at, "area-outside-plan",
				"%s không thuộc %s, đơn vị của kế hoạch; chỉ chọn đơn vị đó và các đơn vị bên dưới",
				"%s is not in %s, the area of the plan; name that area or areas below it", list.At(i).Name, list.At(top).Name)
		default:
			return i, true
		}
		return 0, false
	}
	for k, code := range w.Areas {
		if i, ok := take(at+"/codes/"+strconv.Itoa(k), code); ok {
			found = append(found, i)
		}
	}
	if w.Level != 0 {
		under := w.Under
		if under == "" {
			under = branch
		}
		if i, ok := take(at+"/under", under); ok {
			found = append(found, ofLevel(list, i, w.Level)...)
		}
	}
	slices.Sort(found)
	found = slices.Compact(found)
	if len(found) == 0 && len(w.Areas) == 0 {
		wrong.add(at, "line-for-nobody",
			"Dòng này không dành cho đơn vị nào; chọn đơn vị, hoặc một cấp có đơn vị bên dưới",
			"The line is for no area; name areas, or a level that has areas below")
	}
	codes := make([]area.Code, len(found))
	for k, i := range found {
		codes[k] = list.At(i).Code
	}
	return codes
}

// ofLevel are the areas of a level in a branch, the top included.
func ofLevel(list *area.List, top int, level area.Level) []int {
	var all []int
	_, last := list.Descendants(top)
	for i := top; i < last; i++ {
		if list.At(i).Level == level {
			all = append(all, i)
		}
	}
	return all
}

// ChangePlan changes a plan, and the milestones with it: what is moved keeps the
// work done on it, what is no longer planned somewhere is cancelled there, and
// what is planned there again is taken up where it was left.
func (a *Act) ChangePlan(c PlanEdit) error {
	was, err := a.living(c.Plan, c.If)
	if err != nil {
		return err
	}
	happened, err := a.documentDay(c.Document)
	if err != nil {
		return err
	}
	var wrong faults
	next := was
	next.Lines = slices.Clone(was.Lines)
	c.Title.into(&next.Title)
	next.Title = bilingual(next.Title)
	wrong.title("/title", next.Title)
	if c.Documents.Sent {
		next.Documents = a.known(&wrong, c.Documents.Value)
	}
	out := Withdrawal{On: happened, Reason: strings.TrimSpace(c.Reason), Document: c.Document.key(was.Area)}
	next.Documents = joined(next.Documents, out.Document)
	wrong.text("/reason", out.Reason, maxReason)
	for i := range c.Edit {
		a.editLine(&wrong, &next, &c.Edit[i], out)
	}
	a.addLines(&wrong, &next, "/add_lines", c.Add)
	a.held(&wrong, &next)
	if err := wrong.err(); err != nil {
		return err
	}
	if samePlan(&was, &next) {
		return nil
	}
	if _, err := a.document(was.Area, c.Document); err != nil {
		return err
	}
	return a.turn(PlanChanged, &was, &next, out)
}

// turn enters what became of a plan, and brings its milestones where it now
// wants them.
func (a *Act) turn(k Kind, was, next *Plan, out Withdrawal) error {
	if err := a.emit(Change{
		Kind: k, Milestone: MilestoneID{Area: was.Area}, Subject: was.Key, Happened: out.On, Reason: out.Reason,
		Before: State{Plan: was}, After: State{Plan: next},
	}); err != nil {
		return err
	}
	a.keep(*next)
	return a.carry(was, next, out)
}

func (a *Act) editLine(wrong *faults, p *Plan, c *LineEdit, out Withdrawal) {
	at := "/lines/" + string(c.Key)
	l := p.Line(c.Key)
	switch {
	case l == nil:
		wrong.add(at, "plan-line-not-found",
			"Kế hoạch không có dòng %q; dòng mới thì gửi trong add_lines", "The plan has no line %q; send new ones in add_lines", trim(string(c.Key)))
		return
	case l.Withdrawn != nil:
		wrong.add(at, "plan-line-withdrawn",
			"Dòng này đã bỏ khỏi kế hoạch; muốn làm lại thì thêm dòng mới", "This line was taken out of the plan; add a new one to take it up again")
		return
	case c.Remove:
		if isBlank(out.Reason) {
			wrong.add("/reason", "reason-missing", "Bỏ một dòng thì cần lý do; hãy ghi ngắn gọn vì sao", "Taking a line out needs a reason; say shortly why")
		}
		l.Withdrawn = &out
		return
	}
	c.Title.into(&l.Title)
	l.Title = bilingual(l.Title)
	c.Phase.into(&l.Phase)
	c.NotBefore.into(&l.NotBefore)
	c.Latest.into(&l.Latest)
	c.Responsible.into(&l.Responsible)
	c.Note.into(&l.Note)
	if c.Where.Sent {
		l.Areas = a.places(wrong, at+"/areas", p.Area, c.Where.Value)
	}
	wrong.line(at, l)
}

// WithdrawPlan withdraws a plan: all its milestones are cancelled, none is
// deleted, and nothing of it is changed any more.
func (a *Act) WithdrawPlan(c PlanWithdrawal) error {
	was, err := a.living(c.Plan, c.If)
	if err != nil {
		return err
	}
	on, err := a.documentDay(c.Document)
	if err != nil {
		return err
	}
	var wrong faults
	out := Withdrawal{On: on, Reason: strings.TrimSpace(c.Reason), Document: c.Document.key(was.Area)}
	if out.Reason == "" {
		wrong.add("/reason", "reason-missing", "Rút kế hoạch thì cần lý do; hãy ghi ngắn gọn vì sao", "Withdrawing a plan needs a reason; say shortly why")
	}
	wrong.text("/reason", out.Reason, maxReason)
	if err := wrong.err(); err != nil {
		return err
	}
	if _, err := a.document(was.Area, c.Document); err != nil {
		return err
	}
	next := was
	next.Withdrawn = &out
	return a.turn(PlanWithdrawn, &was, &next, out)
}

// living is a plan as it is now that can still be changed.
func (a *Act) living(key string, known Revision) (Plan, error) {
	p, ok := a.plans[key]
	switch {
	case !ok:
		return p, PlanNotFound(key)
	case p.Withdrawn != nil:
		return p, fault.New(fault.Conflict, "plan-withdrawn",
			"Kế hoạch này đã rút từ ngày %s; không sửa, không rút lần nữa; nếu cần thì nhập kế hoạch mới",
			"This plan was withdrawn on %s; it is neither changed nor withdrawn again; enter a new one if needed", p.Withdrawn.On.Vietnamese())
	case p.Revision != known:
		return p, stale(p.Revision, known, p)
	}
	return p, nil
}

// carry brings the milestones where the plan now wants them, line by line.
func (a *Act) carry(was, next *Plan, out Withdrawal) error {
	for i := range next.Lines {
		l := &next.Lines[i]
		wanted := next.wants(l)
		old := was.Line(l.Key)
		if old != nil {
			for _, code := range was.wants(old) {
				if slices.Contains(wanted, code) {
					continue
				}
				if err := a.cancel(next.Key, MilestoneID{Area: code, Key: l.Key}, out); err != nil {
					return err
				}
			}
		}
		for _, code := range wanted {
			if err := a.bring(next.Key, l, code, out.On, old != nil && !saysTheSame(old, l)); err != nil {
				return err
			}
		}
	}
	return nil
}

// wants are the areas in which a line of the plan is to be carried out.
func (p *Plan) wants(l *PlanLine) []area.Code {
	if p.Withdrawn != nil || l.Withdrawn != nil {
		return nil
	}
	return l.Areas
}

func (a *Act) cancel(plan string, id MilestoneID, out Withdrawal) error {
	r, err := a.record(id)
	if err != nil || r.Milestone.Work == Cancelled {
		return err
	}
	next := r.Milestone.cancelled()
	return a.emit(Change{
		Kind: MilestoneCancelled, Milestone: id, Subject: plan, Happened: out.On, Reason: out.Reason,
		Before: State{Milestone: milestoneState(&r.Milestone)},
		After:  State{Milestone: milestoneState(&next), Withdrawal: &out},
	})
}

// bring creates a line's milestone in an area, takes it up again, moves it, or
// has it say what the line says now.
func (a *Act) bring(plan string, l *PlanLine, code area.Code, happened civil.Date, restated bool) error {
	fresh := l.record(code, 0)
	c := Change{Kind: MilestoneMoved, Milestone: fresh.Milestone.ID, Subject: plan, Happened: happened}
	r := a.records[c.Milestone]
	if r == nil {
		c.Kind = MilestoneAdded
		c.After = State{Milestone: milestoneState(&fresh.Milestone), Tasks: taskStates(fresh.Tasks)}
		return a.emit(c)
	}
	next := r.Milestone
	next.Dates = fresh.Milestone.Dates
	switch {
	case next.Work == Cancelled:
		c.Kind, next = MilestoneRestored, next.restored(r.Tasks)
	case next.Dates != r.Milestone.Dates:
	case restated:
		c.Kind = MilestoneRestated
	default:
		return nil
	}
	c.Before, c.After = State{Milestone: milestoneState(&r.Milestone)}, State{Milestone: milestoneState(&next)}
	return a.emit(c)
}

// samePlan compares what a change can change.
func samePlan(a, b *Plan) bool {
	return a.Title == b.Title && slices.Equal(a.Documents, b.Documents) && slices.EqualFunc(a.Lines, b.Lines, func(x, y PlanLine) bool {
		return x.Key == y.Key && saysTheSame(&x, &y) && x.NotBefore == y.NotBefore && x.Latest == y.Latest &&
			x.Withdrawn == y.Withdrawn && slices.Equal(x.Areas, y.Areas)
	})
}

// saysTheSame compares what the milestones of a line show of it.
func saysTheSame(a, b *PlanLine) bool {
	return a.Title == b.Title && a.Phase == b.Phase && a.Note == b.Note && slices.Equal(a.Responsible, b.Responsible)
}

// needs of changing a plan: every milestone of it, there or to be, so that
// nobody reports on one meanwhile.
func (c *PlanEdit) needs(f *Frame, p *Plan) Needs {
	n := planNeeds(c.Document.with(p.Area, c.Documents.Value)...)
	probe := Act{Frame: f}
	for i := range p.Lines {
		l := &p.Lines[i]
		areas := l.Areas
		for k := range c.Edit {
			if e := &c.Edit[k]; e.Key == l.Key && e.Where.Sent {
				areas = append(slices.Clone(areas), probe.places(&faults{}, "", p.Area, e.Where.Value)...)
			}
		}
		once := make(map[area.Code]bool, len(areas)) // where it was it mostly stays
		for _, code := range areas {
			if !once[code] {
				once[code] = true
				n.Milestones = append(n.Milestones, MilestoneID{Area: code, Key: l.Key})
			}
		}
	}
	return n
}

func planNeeds(documents ...string) Needs {
	return Needs{Election: true, Plans: true, Documents: documents}
}

// with are the documents that an act about a plan names.
func (c DocumentChoice) with(code area.Code, documents []string) []string {
	return append(slices.Clone(documents), c.keys(code)...)
}

// key is the one that the document has, or is to have; empty where there is none.
func (c DocumentChoice) key(code area.Code) string {
	for _, key := range c.keys(code) {
		return key
	}
	return ""
}

// PlanOutcome is what came of an act about a plan.
type PlanOutcome struct {
	Effect
	Plan Plan
}

// EnterPlan enters a local plan, or rehearses it.
func (s *Service) EnterPlan(ctx context.Context, e ElectionID, actor Actor, c PlanEntry, dryRun bool) (PlanOutcome, error) {
	var key string
	needs := planNeeds(c.Document.with(c.Area, c.Documents)...)
	return s.planned(ctx, dryRun, e, actor, func(*Frame) Needs { return needs }, &key, func(a *Act) (err error) {
		key, err = a.EnterPlan(c)
		return err
	})
}

// ChangePlan changes a plan, or rehearses it.
func (s *Service) ChangePlan(ctx context.Context, e ElectionID, actor Actor, c PlanEdit, dryRun bool) (PlanOutcome, error) {
	p, err := s.planNow(ctx, e, c.Plan)
	if err != nil {
		return PlanOutcome{}, err
	}
	// Were the plan another one by the time its milestones are locked, the act
	// would find it changed and refuse.
	return s.planned(ctx, dryRun, e, actor, func(f *Frame) Needs { return c.needs(f, &p) }, &c.Plan,
		func(a *Act) error { return a.ChangePlan(c) })
}

// WithdrawPlan withdraws a plan, or rehearses it.
func (s *Service) WithdrawPlan(ctx context.Context, e ElectionID, actor Actor, c PlanWithdrawal, dryRun bool) (PlanOutcome, error) {
	p, err := s.planNow(ctx, e, c.Plan)
	if err != nil {
		return PlanOutcome{}, err
	}
	return s.planned(ctx, dryRun, e, actor, func(f *Frame) Needs { return (&PlanEdit{Document: c.Document}).needs(f, &p) }, &c.Plan,
		func(a *Act) error { return a.WithdrawPlan(c) })
}

// planned runs an act about the plan of a key, which may be known only when it
// has run.
func (s *Service) planned(ctx context.Context, dryRun bool, e ElectionID, actor Actor, needs func(*Frame) Needs, key *string, decide func(*Act) error) (PlanOutcome, error) {
	var plan Plan
	effect, err := s.perform(ctx, dryRun, e, actor, needs, func(a *Act) error {
		if err := decide(a); err != nil {
			return err
		}
		plan = a.plans[*key]
		return nil
	})
	if err != nil {
		return PlanOutcome{}, err
	}
	for i := range effect.Changes {
		switch c := &effect.Changes[i]; c.Kind {
		case PlanAdded, PlanChanged, PlanWithdrawn:
			if !dryRun {
				plan.Revision = c.Revision
			}
		}
	}
	return PlanOutcome{Effect: effect, Plan: plan}, nil
}

func (s *Service) planNow(ctx context.Context, e ElectionID, key string) (Plan, error) {
	if _, err := s.frame(ctx, e); err != nil {
		return Plan{}, err
	}
	plans, err := s.store.Plans(ctx, e)
	if err != nil {
		return Plan{}, err
	}
	for i := range plans {
		if plans[i].Key == key {
			return plans[i], nil
		}
	}
	return Plan{}, PlanNotFound(key)
}
